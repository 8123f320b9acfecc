// SPDX-License-Identifier: Apache-2.0
// The three subsets of a data folder, and the names under which their folders are found.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace catdog {

inline constexpr std::array<const char*, 3> kSubsets = {"train", "validation", "test"};

// The index in kSubsets of what a folder of that name holds: train or training, validation, val or
// valid, test or testing, in any case. None for other names.
std::optional<size_t> subset_of_name(std::string_view name);

// The folder in `dir` of a subset, under whichever of its names; `dir`/`name`, which does not exist,
// if there is none, and for a name that is no subset's.
// Throws DataError if there are two such folders, as val and valid.
std::filesystem::path subset_folder(const std::filesystem::path& dir, const std::string& name);

}  // namespace catdog
