// SPDX-License-Identifier: Apache-2.0
// Resizing to the network's input size; the aspect ratio is not kept, as in Keras.
#pragma once

#include <vector>

#include "catdog/pictures/picture.hpp"

namespace catdog {

enum class Resampling {
  nearest,   // Pillow's NEAREST to the pixel, which Keras used by default until 2017 and after
  bilinear,  // OpenCV's INTER_LINEAR: no smoothing, aliases when it shrinks a picture much
  area,      // OpenCV's INTER_AREA: the mean of the pixels covered
};

// `picture` itself (shared, not copied) if it has that size already.
Picture resize_picture(const Picture& picture, Size size, Resampling resampling);

// For each of `out` places along one axis the nearest of `in`, ascending: what Resampling::nearest
// takes. Equal numbers give every place itself.
std::vector<int> nearest_indices(int in, int out);

}  // namespace catdog
