// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/weight_average.hpp"

#include <algorithm>

namespace catdog {

WeightAverage::WeightAverage(const Network& net, double decay)
    : decay_(decay), average_(net->options(), net->image_size_px(), net->classes()) {
  const torch::NoGradGuard no_gradient;
  const NamedTensors weights = weights_of(*net);
  const torch::Device device = weights.begin()->second.device();
  average_->prepare(device, net->precision());
  average_->eval();
  copy_tensors(weights, weights_of(*average_), "the network");
  for (const auto& [name, average] : weights_of(*average_)) {
    pairs_.emplace_back(average, weights.at(name));
  }
  share_on_device_ = torch::zeros({1}, device);
  set_position(0);
}

void WeightAverage::set_position(int64_t updates_done) {
  const auto done = static_cast<double>(updates_done);
  share_ = 1 - std::min(decay_, (1 + done) / (10 + done));
  if (!share_on_device_.device().is_cpu()) share_on_device_.fill_(share_);
}

void WeightAverage::update() {
  const torch::NoGradGuard no_gradient;
  for (const auto& [average, weight] : pairs_) {
    if (share_on_device_.device().is_cpu()) {
      average.lerp_(weight, share_);
    } else {
      average.addcmul_(weight - average, share_on_device_);
    }
  }
}

}  // namespace catdog
