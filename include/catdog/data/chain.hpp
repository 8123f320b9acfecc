// SPDX-License-Identifier: Apache-2.0
// From a picture of bytes to the numbers that the network sees.
#pragma once

#include <cstdint>
#include <functional>

#include "catdog/pictures/picture.hpp"

namespace catdog {

// Which draw of a picture this is: all randomness in a chain is a function of the seed and these.
struct Draw {
  uint32_t pass = 0;   // over the whole folder, from 0
  uint32_t index = 0;  // of the picture in its folder
};

// The factor from a byte to [0, 1]: Keras multiplies by float(1 / 255), which is not x / 255.
inline constexpr float kRescale = static_cast<float>(1.0 / 255);

// Writes H·W·3 floats in [0, 1], RGB pixel after pixel. Runs no torch operation; safe to call from
// several threads.
using Chain = std::function<void(const Picture& picture, Draw draw, float* out)>;

// Rescales and does nothing else.
Chain plain_chain();

}  // namespace catdog
