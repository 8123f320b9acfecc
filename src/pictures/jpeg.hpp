// SPDX-License-Identifier: Apache-2.0
// JPEG by libjpeg itself, because OpenCV passes over damage in silence. Every function throws
// DataError with the fault alone (the caller knows the file's name).
#pragma once

#include <string>
#include <string_view>

#include "catdog/pictures/picture.hpp"

namespace catdog {

// The picture, to the bit what Pillow's convert("RGB") gives; grey and CMYK are converted.
Picture decode_jpeg(std::string_view bytes);

// To the bit what resize_picture makes of that with Resampling::nearest, without computing and
// keeping the pixels in between. Finds the same faults.
Picture decode_jpeg_nearest(std::string_view bytes, Size size);

// Reads all of the file's data for faults, but computes only an eighth of the pixels each way.
// Returns the size of the whole picture.
Size check_jpeg(std::string_view bytes);

// Name and version of the library.
std::string jpeg_version();

}  // namespace catdog
