// SPDX-License-Identifier: Apache-2.0
// The orientation in which a file asks to be shown: EXIF in a JPEG, PNG or WebP, a TIFF's own tag.
#pragma once

#include <string_view>

#include "header.hpp"

namespace catdog {

// True where the file asks for another orientation than the one its pixels are stored in. Never
// throws: a file without EXIF data that can be read asks for none.
bool is_turned(FileKind kind, std::string_view bytes);

}  // namespace catdog
