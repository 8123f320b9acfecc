// SPDX-License-Identifier: Apache-2.0
// The numbers that the network computes with. Weights, their updates, the last layer and the loss
// are 32-bit floats in either.
#pragma once

#include <torch/torch.h>

namespace catdog {

enum class Precision {
  fp32,
  bf16,  // activations and products in bfloat16, sums in fp32: Keras's mixed_bfloat16
};

enum class PrecisionChoice { automatic, fp32, bf16 };  // automatic: the fastest

// Whether the processor multiplies vectors of bf16 (AVX-512-BF16, as far as ATen may use AVX-512)
// or matrices of them (AMX).
bool cpu_multiplies_bf16_vectors();
bool cpu_multiplies_bf16_matrices();

// As chosen; automatic: bf16 where the device computes with it in hardware, else fp32.
Precision choose_precision(PrecisionChoice choice, torch::Device device);

// "fp32", "bf16"
const char* name_of(Precision precision);

}  // namespace catdog
