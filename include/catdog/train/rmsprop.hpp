// SPDX-License-Identifier: Apache-2.0
// RMSprop: Tieleman and Hinton, "Lecture 6.5", Coursera: Neural Networks for Machine Learning
// (2012), with epsilon outside the root as in Keras and PyTorch.
#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

#include "catdog/model/archive.hpp"
#include "catdog/train/config.hpp"

namespace catdog {

// With gradient g, weight w and the options' lr, alpha, eps and weight_decay:
//   g ← g + weight_decay · w,  s ← alpha · s + (1 - alpha) · g²,  w ← w - lr · g / (√s + eps)
class RmsProp {
 public:
  // Updates these parameters in place; s begins at 0.
  RmsProp(const OptimizerOptions& options, const NamedTensors& parameters);

  void zero_grad();

  // One update by the gradients as they are; a parameter without one stays. 32-bit floats on the
  // CPU in one pass over memory; elsewhere torch's own operations.
  void step();

  // All that the next update depends on beside weights and gradients: s as
  // "mean_square.<parameter>". They are the optimiser's own: what is copied into them counts.
  NamedTensors state() const;

 private:
  const OptimizerOptions options_;
  std::vector<std::string> names_;
  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> mean_squares_;  // s, of each parameter
};

}  // namespace catdog
