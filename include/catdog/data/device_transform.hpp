// SPDX-License-Identifier: Apache-2.0
// What transform() does to one picture, done to many at a time on any device, in tensor operations.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "catdog/pictures/augment.hpp"

namespace catdog {

// `pictures` (P, T, T, 3) bytes, `indices` (N,) of some of them, and a transformation for each of
// these → (N, 3, S, S) float in [0, 1], S = `side_px`, channels last in memory. `pictures` and
// `indices` (whole numbers) lie on one device, where all is done; nothing waits for it. Each pixel
// is looked up at the same place as transform() does, and its value is within 1/255 of
// transform()'s. Only for options of which device_can() is true.
torch::Tensor transform_on_device(const torch::Tensor& pictures, const torch::Tensor& indices,
                                  const std::vector<Transformation>& transformations,
                                  const AugmentOptions& options, int side_px);

}  // namespace catdog
