// SPDX-License-Identifier: Apache-2.0
// Finds out before the first step what would otherwise spoil the end of a run.
#pragma once

#include <filesystem>
#include <string>

#include "catdog/data/image_folder.hpp"

namespace catdog {

// DIR holds train/ and validation/, and its path can be recorded. Throws ConfigError, DataError.
void check_folder(const std::filesystem::path& dir);

// Both have the same two classes, whose names can be recorded. `dir` is for messages. Throws
// DataError.
void check_classes(const ImageFolder& training, const ImageFolder& validation,
                   const std::string& dir);

}  // namespace catdog
