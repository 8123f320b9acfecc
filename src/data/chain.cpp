// SPDX-License-Identifier: Apache-2.0
#include "catdog/data/chain.hpp"

namespace catdog {

Chain plain_chain() {
  return [](const Picture& picture, Draw, float* out) {
    const size_t row_length = static_cast<size_t>(picture.cols) * 3;
    for (int row = 0; row < picture.rows; ++row) {
      const uint8_t* in = picture.ptr<uint8_t>(row);
      for (size_t i = 0; i < row_length; ++i) out[i] = static_cast<float>(in[i]) * kRescale;
      out += row_length;
    }
  };
}

}  // namespace catdog
