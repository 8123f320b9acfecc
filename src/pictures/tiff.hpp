// SPDX-License-Identifier: Apache-2.0
// The first directory of a TIFF: what it says of the image, and a file that holds nothing else.
// Every function throws PictureError with the fault alone (the caller knows the file's name).
#pragma once

#include <string>
#include <string_view>

#include "header.hpp"

namespace catdog {

HeaderFacts tiff_facts(std::string_view file);
Colours tiff_colours(std::string_view file);

// The file with a directory of only those entries that decode the first image, each once and inside
// the file: no text, profile, further image or orientation (OpenCV turns the pixels of a TIFF even
// where it is told not to).
std::string minimal_tiff(std::string_view file);

}  // namespace catdog
