// SPDX-License-Identifier: Apache-2.0
// From what a user names on the command line to the names of pictures, one by one.
#pragma once

#include <filesystem>
#include <vector>

#include "catdog/data/picture_stream.hpp"

namespace catdog {

// Files as they are named, there or not; the pictures below folders, at any depth; and for "-" the
// lines of stdin, which are read only as they are asked for. Throws DataError if a folder holds no
// pictures.
PictureStream::Names picture_names(const std::vector<std::filesystem::path>& paths);

}  // namespace catdog
