// SPDX-License-Identifier: Apache-2.0
// The moving average of a network's weights over its training, which is often the better network:
// Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", SIAM J. Control
// Optim. 30, 1992.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "catdog/model/network.hpp"

namespace catdog {

class WeightAverage {
 public:
  // Of `net`, which lies on its device already; begins with its present weights.
  WeightAverage(const Network& net, double decay);

  // How update() works from here on: as the one after so many. No part of what can be recorded
  // (see record_work); what was recorded follows it.
  void set_position(int64_t updates_done);

  // average ← average + (1 - d) · (weight - average), for normalisation's means and variances too,
  // with d = min(decay, (1 + t) / (10 + t)) after t updates, so that the random beginning is soon
  // forgotten: TensorFlow's ExponentialMovingAverage.
  void update();

  // The network that has the average, in inference mode. Its weights are the average's own: what
  // is copied into them counts.
  Network network() const { return average_; }

 private:
  const double decay_;
  Network average_;
  std::vector<std::pair<torch::Tensor, torch::Tensor>> pairs_;  // the average's, the network's
  double share_ = 0;                                            // 1 - d
  torch::Tensor share_on_device_;  // (1,) float: the same, for what was recorded
};

}  // namespace catdog
