// SPDX-License-Identifier: Apache-2.0
// What the first bytes of a picture file promise, read before anything is decoded. Every function
// throws PictureError with the fault alone (the caller knows the file's name).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "catdog/pictures/decode.hpp"
#include "catdog/pictures/picture.hpp"

namespace catdog {

enum class FileKind { jpeg, png, bmp, ppm, tiff, webp };

const char* name_of(FileKind kind);

// Told by the magic bytes.
FileKind kind_of(std::string_view bytes);

struct HeaderFacts {
  Size size{};
  uint64_t buffer_bytes = 0;  // that the decoder takes beside the RGB image
};

// What the header of a file that OpenCV decodes (any but JPEG and WebP) says of the memory for it.
HeaderFacts facts_in_header(FileKind kind, std::string_view bytes);

// A PNG or TIFF without all that its pixels do not depend on, which a decoder would read all the
// same. "" for a BMP or PPM, whose files hold nothing else.
std::string minimal_file(FileKind kind, std::string_view bytes);

// How a whole file of `kind`, any but JPEG, says that it keeps its colours.
Colours colours_in_header(FileKind kind, std::string_view bytes);

// Throws unless 1 <= width × height <= kMaxPixels; returns them.
Size require_sane_size(int64_t width, int64_t height);

}  // namespace catdog
