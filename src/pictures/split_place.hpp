// SPDX-License-Identifier: Apache-2.0
// Puts one picture of a split where it belongs: a copy, a hard link or a symbolic link.
#pragma once

#include <filesystem>

#include "catdog/pictures/split.hpp"
#include "split_record.hpp"

namespace catdog {

// Makes `folder`/<picture.name> from the source's file. Throws Error if it cannot be written or if
// the file is no longer the one that split.json will describe.
void place_picture(const SplitOptions& options, const SplitPicture& picture,
                   const std::filesystem::path& folder);

}  // namespace catdog
