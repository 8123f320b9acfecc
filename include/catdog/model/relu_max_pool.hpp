// SPDX-License-Identifier: Apache-2.0
// ReLU and 2×2 max-pooling as one operation.
#pragma once

#include <torch/torch.h>

namespace catdog {

// x (N, C, H, W) → (N, C, H/2, W/2), rounded down: max_pool2d(relu(x), 2), with the same values
// and gradients to the bit, ties included. On the CPU, in fp32 and bf16, one pass over memory in
// place of four; elsewhere torch's own operations. A NaN stays a NaN.
torch::Tensor relu_max_pool(const torch::Tensor& x);

struct Pooled {
  torch::Tensor values;
  // int8: the place of the maximum in its window, in reading order (of equals the first), or 4
  // where none is above 0.
  torch::Tensor which;
};

// The same values of an x on the CPU, in fp32 or bf16, with where they came from; records no
// gradient.
Pooled relu_max_pool_with_places(const torch::Tensor& x);

}  // namespace catdog
