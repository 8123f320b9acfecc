// SPDX-License-Identifier: Apache-2.0
// The picture as it travels through the program before it becomes numbers for the network.
#pragma once

#include <opencv2/core.hpp>

namespace catdog {

// RGB (not OpenCV's BGR), uint8, height × width × 3, rows without gaps. Copies share the pixels;
// a function that changes pixels works on its own clone.
using Picture = cv::Mat;

struct Size {
  int height;  // px
  int width;   // px
  bool operator==(const Size&) const = default;
};

}  // namespace catdog
