// SPDX-License-Identifier: Apache-2.0
// Random resized crops: Szegedy et al., "Going deeper with convolutions", CVPR 2015, section 6, as
// torchvision's RandomResizedCrop draws them, but for rounding.
#pragma once

#include <array>

#include "catdog/core/random.hpp"
#include "catdog/pictures/picture.hpp"
#include "catdog/pictures/warp.hpp"

namespace catdog {

// A part of a picture, in shares of its height and width; its edges need not lie between pixels.
struct Box {
  double top = 0, left = 0, height = 1, width = 1;

  bool operator==(const Box&) const = default;
};

// Ten times an area (share of the picture's, from `areas`) and a ratio of width to height (from
// `aspects`, evenly in its logarithm) are drawn; the first box that fits lies anywhere with equal
// chance. If none fits: the largest box in the picture's middle whose ratio `aspects` allows.
Box draw_crop(const std::array<double, 2>& areas, const std::array<double, 2>& aspects, Size size,
              Rng rng);

// Stretches the box over the whole output: the middle of output pixel i lies (i + 1/2) / size of
// the way through the box.
AffineMatrix crop_matrix(Size size, const Box& box);

}  // namespace catdog
