// SPDX-License-Identifier: Apache-2.0
// The gradients of convolution 3×3, ReLU and 2×2 max-pooling, from the pooled map's gradient.
//
// Pooling passes the gradient to at most one of a window's four numbers, and ReLU to none where
// that one is not above 0. A library, which is handed the map's gradient, multiplies all the zeros:
// three quarters of it and more. These loops go from one gradient that is passed on to the next.
// The map's gradient, four times the pooled one's size, is never written.
#pragma once

#include <torch/torch.h>

#include "catdog/model/precision.hpp"

namespace catdog {

struct StageGradients {
  torch::Tensor input;   // as x; undefined if it was not asked for
  torch::Tensor weight;  // fp32
  torch::Tensor bias;    // fp32
};

// Whether stage_gradients can do it on this processor, quicker than the library.
bool stage_gradients_apply(const torch::Tensor& x, const torch::Tensor& weight,
                           Precision precision);

// x (N, C, H, W), weight (F, C, 3, 3), gradient (N, F, (H - 2) / 2, (W - 2) / 2) in channels-last
// order. which: int8, for each pooled number the place of the maximum in its window, in reading
// order, or 4 where none is above 0. In bf16 all are bf16, but for a picture's three colours x is
// fp32. `input`: whether
// its gradient is wanted (not of colours). Sums are fp32, in an order that depends on the shapes
// alone, not on the number of threads.
StageGradients stage_gradients(const torch::Tensor& x, const torch::Tensor& weight,
                               const torch::Tensor& gradient, const torch::Tensor& which,
                               bool input);

}  // namespace catdog
