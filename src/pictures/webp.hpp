// SPDX-License-Identifier: Apache-2.0
// Decodes WebP files by libwebp, with nothing between its own look at the header and its decoder.
// Every function throws PictureError with the fault alone (the caller knows the file's name).
#pragma once

#include <string>
#include <string_view>

#include "catdog/pictures/decode.hpp"
#include "catdog/pictures/picture.hpp"
#include "turn.hpp"

namespace catdog {

// A still image as RGB; transparency is dropped. Throws also for an animation.
Picture decode_webp(std::string_view bytes, Turn& turn);

// Colours::alpha or Colours::rgb.
Colours webp_colours(std::string_view bytes);

// "libwebp 1.2.4", the version that runs.
std::string webp_version();

}  // namespace catdog
