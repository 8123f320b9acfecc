// SPDX-License-Identifier: Apache-2.0
// Seconds of wall-clock time, with a GPU's work waited for.
#pragma once

#include <torch/torch.h>

#include <chrono>

namespace catdog {

class Stopwatch {
 public:
  explicit Stopwatch(torch::Device device = torch::kCPU) : device_(device) { lap(); }

  // Seconds since the last lap, or the beginning.
  double lap() {
    if (device_.is_cuda()) torch::cuda::synchronize(device_.index());
    const auto now = std::chrono::steady_clock::now();
    const std::chrono::duration<double> spent = now - last_;
    last_ = now;
    return spent.count();
  }

 private:
  torch::Device device_;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace catdog
