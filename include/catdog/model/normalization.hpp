// SPDX-License-Identifier: Apache-2.0
// Batch normalisation with what follows it in a residual network: the shortcut and ReLU.
#pragma once

#include <torch/torch.h>

namespace catdog {

// PyTorch's: added to the variance; the share of a batch's figures in the running ones.
inline constexpr double kNormalizationEpsilon = 1e-5, kNormalizationMomentum = 0.1;

struct Normalization {
  torch::Tensor weight, bias;  // (C): what the normalised numbers are multiplied by, and
                               //   what is added to them
  torch::Tensor running_mean, running_var;  // (C): of what training sees, for use in inference
};

// x (N, C, H, W) → the same shape: relu(weight · (x - mean) / √(variance + 1e-5) + bias +
// shortcut), channel by channel; without the shortcut if that is undefined, and without ReLU unless
// `relu`. In training, mean and variance are the batch's, over its pictures and places, and a tenth
// of each (the variance that of a sample, divided by n - 1) goes into the running ones; else the
// running ones are taken. Ioffe and Szegedy, "Batch normalization", ICML 2015; constants as
// PyTorch's. The weights are fp32 (or x's type); x may be bf16, and the result has its type.
torch::Tensor normalize(const torch::Tensor& x, const Normalization& normalization,
                        const torch::Tensor& shortcut, bool relu, bool training);

}  // namespace catdog
