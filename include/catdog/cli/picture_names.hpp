// SPDX-License-Identifier: Apache-2.0
// From what a user names on the command line to the names of pictures, one by one.
#pragma once

#include <filesystem>
#include <vector>

#include "catdog/data/picture_stream.hpp"
#include "catdog/pictures/image_files.hpp"

namespace catdog {

// How names on stdin are separated. Lines: CRLF is a line's end too, and a UTF-8 byte order mark at
// the start is skipped. NUL: names are taken as they are, as `find -print0` writes them.
enum class NameSeparator { line, nul };

// Files as they are named, there or not; the pictures below folders, at any depth; and for "-" the
// names on stdin, which are read only as they are asked for. A folder that holds no pictures or
// cannot be read is given with that fault. Files in folders that are no images are added to `skipped`
// and reported on stderr. Throws DataError if stdin cannot be read.
PictureStream::Names picture_names(const std::vector<std::filesystem::path>& paths,
                                   NameSeparator separator, std::vector<SkippedFile>& skipped);

}  // namespace catdog
