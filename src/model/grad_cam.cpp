// SPDX-License-Identifier: Apache-2.0
#include "catdog/model/grad_cam.hpp"

namespace catdog {

torch::Tensor grad_cam(Network& net, const torch::Tensor& images, const std::vector<int>& classes) {
  const bool was_training = net->is_training();
  net->eval();
  torch::Tensor maps;
  {
    const torch::NoGradGuard no_gradient;
    maps = net->last_maps(images);
  }
  const torch::AutoGradMode with_gradient(true);
  maps = maps.detach().requires_grad_();
  const torch::Tensor logits = net->logits_of_maps(maps);
  // A lone logit speaks for class 1, and as much against class 0.
  const bool is_lone = logits.size(1) == 1;
  torch::Tensor sides = torch::zeros({logits.size(0), logits.size(1)});
  for (size_t i = 0; i < classes.size(); ++i) {
    const torch::Tensor of_picture = sides[static_cast<int64_t>(i)];
    of_picture[is_lone ? 0 : classes[i]] = is_lone && classes[i] == 0 ? -1 : 1;
  }
  const torch::Tensor score = (logits * sides.to(logits.device())).sum();
  const torch::Tensor gradient = torch::autograd::grad({score}, {maps})[0];
  net->train(was_training);

  const torch::NoGradGuard no_gradient;
  const torch::Tensor weights = gradient.mean({2, 3}, /*keepdim=*/true);
  const torch::Tensor heat = (weights * maps).sum(1).relu();
  const torch::Tensor largest = heat.amax({1, 2}, /*keepdim=*/true);
  return torch::where(largest > 0, heat / largest, torch::zeros_like(heat)).to(torch::kCPU);
}

}  // namespace catdog
