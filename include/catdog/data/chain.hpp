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

// What happens to each draw of a picture of that size. Safe to call from several threads.
struct Chain {
  AugmentOptions augment;
  std::function<Transformation(Size size, Draw draw)> transformation;

  // Does it: writes H·W·3 floats in [0, 1], RGB pixel after pixel. Runs no torch operation.
  void operator()(const Picture& picture, Draw draw, float* out) const;
};

// A random variation of the picture, rescaled.
Chain training_chain(const AugmentOptions& augment, uint64_t seed);

// The picture as it is, rescaled: for everything but training.
Chain evaluation_chain();

}  // namespace catdog
