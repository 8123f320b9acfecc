// SPDX-License-Identifier: Apache-2.0
// What a folder of pictures holds: one number a picture, and one for all.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "catdog/data/image_folder.hpp"

namespace catdog {

// The SHA-256 of each picture's bytes, hexadecimal, in the folder's order. Reads every file, with
// all processors: a second for 1.5 GB and core once they are in the system's cache. Throws
// DataError, Interrupted.
std::vector<std::string> picture_digests(const ImageFolder& pictures);

// SHA-256 over the name within `dir` and the digest of each picture: equal wherever the folder
// lies, and another when a picture is changed, renamed, moved to another class, added or removed.
std::string pictures_digest(const ImageFolder& pictures, const std::vector<std::string>& digests,
                            const std::filesystem::path& dir);

}  // namespace catdog
