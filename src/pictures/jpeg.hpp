// SPDX-License-Identifier: Apache-2.0
// JPEG by libjpeg itself, because OpenCV passes over damage in silence. Every function throws
// PictureError with the fault alone (the caller knows the file's name), and takes `turn` for what
// it needs.
#pragma once

#include <string>
#include <string_view>

#include "catdog/pictures/picture.hpp"
#include "turn.hpp"

namespace catdog {

// The picture, to the bit what Pillow's convert("RGB") gives; grey and CMYK are converted.
Picture decode_jpeg(std::string_view bytes, Turn& turn);

// To the bit what resize_picture makes of that with Resampling::nearest, without computing and
// keeping the pixels in between. Finds the same faults.
Picture decode_jpeg_nearest(std::string_view bytes, Size size, Turn& turn);

// Reads all of the file's data for faults, but computes only an eighth of the pixels each way.
// Returns the size of the whole picture. `whole`: refuses what decode_jpeg would refuse for its
// memory, else what decode_jpeg_nearest would.
Size check_jpeg(std::string_view bytes, bool whole, Turn& turn);

struct ReducedJpeg {
  Size whole;      // of the picture in the file
  int components;  // 1: grey, 3: colours, 4: CMYK
  Picture picture;
};

// The picture at a half, a quarter or an eighth of its size, the smallest that keeps the shorter
// and the longer side at so many px or above; whole if none does. Finds the same faults.
ReducedJpeg decode_jpeg_reduced(std::string_view bytes, int least_shorter, int least_longer,
                                Turn& turn);

// Name and version of the library.
std::string jpeg_version();

}  // namespace catdog
