// SPDX-License-Identifier: Apache-2.0
// What a folder of pictures holds, as one number.
#pragma once

#include <filesystem>
#include <string>

#include "catdog/data/image_folder.hpp"

namespace catdog {

// SHA-256, hexadecimal, over the name within `dir` and the SHA-256 of the bytes of each picture, in
// the folder's order: equal wherever the folder lies, and another when a picture is changed,
// renamed, moved to another class, added or removed. Reads every file: a second for 1.5 GB once
// they are in the system's cache. Throws DataError, Interrupted.
std::string pictures_digest(const ImageFolder& pictures, const std::filesystem::path& dir);

}  // namespace catdog
