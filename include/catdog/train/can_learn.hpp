// SPDX-License-Identifier: Apache-2.0
// Configs that are valid key by key and still cannot train a network.
#pragma once

#include <cstdint>

#include "catdog/train/config.hpp"

namespace catdog {

// Throws ConfigError, naming the keys to change, where a network cannot learn from that many
// training images: batch normalisation over one value per channel, or images that augmentation
// makes all black. Warns of a warm-up that does not end within the run.
void check_can_learn(const Config& config, int64_t images);

}  // namespace catdog
