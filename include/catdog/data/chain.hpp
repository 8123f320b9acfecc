// SPDX-License-Identifier: Apache-2.0
// From a picture of bytes to the numbers that the network sees: the two ways there are.
#pragma once

#include <cstdint>
#include <functional>

#include "catdog/pictures/augment.hpp"
#include "catdog/pictures/picture.hpp"

namespace catdog {

// Which draw of a picture this is: all randomness in a chain is a function of the seed and these.
struct Draw {
  uint32_t pass = 0;   // over the whole folder, from 0
  uint32_t index = 0;  // of the picture in its folder
};

// The width and height in px of what each pass gives.
using SideOfPass = std::function<int(uint32_t pass)>;

// What happens to each draw of a picture. Safe to call from several threads.
struct Chain {
  AugmentOptions augment;
  // Of what comes out.
  std::function<Transformation(Size size, Draw draw)> transformation;
  SideOfPass side_px = nullptr;  // none: the picture's own size

  // Of what becomes of a picture in that pass.
  Size size_of(Size picture, uint32_t pass) const;

  // Does it: writes H·W·3 floats in [0, 1] of size_of(), RGB pixel after pixel. Runs no torch
  // operation.
  void operator()(const Picture& picture, Draw draw, float* out) const;
};

// A random variation of the picture, rescaled, and resized by the same lookup of pixels.
Chain training_chain(const AugmentOptions& augment, uint64_t seed, SideOfPass side_px = nullptr);

// The picture as it is, rescaled: for everything but training.
Chain evaluation_chain();

}  // namespace catdog
