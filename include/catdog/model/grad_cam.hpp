// SPDX-License-Identifier: Apache-2.0
// Where the network looks: Selvaraju et al., "Grad-CAM: visual explanations from deep networks via
// gradient-based localization", ICCV 2017, equations 1 and 2; Chollet's section 5.4.3.
#pragma once

#include <torch/torch.h>

#include <vector>

#include "catdog/model/network.hpp"

namespace catdog {

// images (N, 3, S, S) in [0, 1] and a class for each → (N, h, w) on the CPU: how much each place of
// the last convolution's maps speaks for that class, from 0 to 1, the largest of each picture being
// 1 (or all 0 where nothing does). In 32-bit floats, and without dropout.
torch::Tensor grad_cam(Network& net, const torch::Tensor& images, const std::vector<int>& classes);

}  // namespace catdog
