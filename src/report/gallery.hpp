// SPDX-License-Identifier: Apache-2.0
// Pictures that are worth a look, chosen by what the network said of them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "catdog/judge/predictions_file.hpp"
#include "catdog/pictures/decode.hpp"

namespace catdog {

// Indices of at most `count` pictures that were told wrongly, from the highest probability of the
// predicted class down; equals in their order.
std::vector<size_t> surest_mistakes(const Predictions& predictions, size_t count);

// Of all, right or wrong, from the lowest probability of the predicted class up.
std::vector<size_t> least_sure(const Predictions& predictions, size_t count);

// Those images of `data`, small, each with its true and its predicted class; of one that cannot be
// read, or whose SHA-256 is not the recorded one, a sentence says so.
std::string gallery(const NamedPredictions& named, const std::vector<size_t>& pictures,
                    const std::filesystem::path& data, DecodeLimits limits);

}  // namespace catdog
