// SPDX-License-Identifier: Apache-2.0
// The machine and the libraries that a result was made with, and the choice of device.
#pragma once

#include <c10/core/StreamGuard.h>
#include <torch/torch.h>

#include <string>

#include "catdog/core/options.hpp"
#include "catdog/model/precision.hpp"

namespace catdog {

// "auto" (CUDA if there is one), "cpu", "cuda" or "cuda:N". Throws ConfigError for any other text
// or a device that is not there.
torch::Device choose_device(const std::string& name);

// While it lives, this thread's work on a GPU is queued on a stream of its own: on the default one
// none can be recorded (see record_work). Nothing for the CPU.
class OwnStream {
 public:
  explicit OwnStream(torch::Device device);

 private:
  c10::OptionalStreamGuard guard_;
};

// Sets LibTorch's threads; 0: one a core.
void use_threads(int threads);

// On CUDA: convolutions that repeat to the bit, and full 32-bit floats in place of TF32. With
// `deterministic`, an operation that is not known to repeat to the bit throws. To be called before
// the device is first used.
void use_exact_arithmetic(bool deterministic = false);

// Versions of the program and its libraries.
Json versions();

// Versions, device, on CUDA the GPU's name, processor, threads and precision: what env.json holds.
Json environment(torch::Device device, Precision precision);

}  // namespace catdog
