// SPDX-License-Identifier: Apache-2.0
// Pictures as the bytes that stand in a page.
#pragma once

#include <string>

#include "catdog/pictures/picture.hpp"

namespace catdog {

// A JPEG, made smaller, never larger, so that no side is longer than `longest_px`.
std::string as_jpeg(const Picture& picture, int longest_px);

}  // namespace catdog
