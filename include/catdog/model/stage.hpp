// SPDX-License-Identifier: Apache-2.0
// One stage of the network: convolution 3×3, ReLU, 2×2 max-pooling.
#pragma once

#include <torch/torch.h>

#include "catdog/model/precision.hpp"

namespace catdog {

// x (N, C, H, W), weight (F, C, 3, 3), bias (F) → (N, F, H', W') with H' = (H - 2) / 2, rounded
// down. In bf16 the result is bf16, whatever x is; weights and their gradients keep their type.
torch::Tensor conv_relu_max_pool(const torch::Tensor& x, const torch::Tensor& weight,
                                 const torch::Tensor& bias, Precision precision);

}  // namespace catdog
