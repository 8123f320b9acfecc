// SPDX-License-Identifier: Apache-2.0
// The colour operations of transform() on (N, S, S, 3) floats from 0 to 255 on any device. Each
// picture has numbers of its own, (N, …) doubles or floats there; neutral ones leave it within
// rounding.
#pragma once

#include <torch/torch.h>

namespace catdog {

// Adds (N, 3); clipped to the darkest and brightest number that each picture had before.
void shift_channels(torch::Tensor& canvas, const torch::Tensor& shifts);

// The rest take (N, 1).

void brighten(torch::Tensor& canvas, const torch::Tensor& factors);
void change_contrast(torch::Tensor& canvas, const torch::Tensor& factors);
void change_saturation(torch::Tensor& canvas, const torch::Tensor& factors);
void turn_hues(torch::Tensor& canvas, const torch::Tensor& degrees);
// Where `grey` is 1, not 0.
void make_grey(torch::Tensor& canvas, const torch::Tensor& grey);

}  // namespace catdog
