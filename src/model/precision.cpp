// SPDX-License-Identifier: Apache-2.0
#include "catdog/model/precision.hpp"

#include <ATen/Version.h>

namespace catdog {

#if defined(__x86_64__)
bool cpu_multiplies_bf16_vectors() {
  return __builtin_cpu_supports("avx512bf16") && at::get_cpu_capability() == "AVX512";
}
#if defined(__clang__)  // which does not know that name; LibTorch uses AMX all the same
bool cpu_multiplies_bf16_matrices() { return false; }
#else
bool cpu_multiplies_bf16_matrices() { return __builtin_cpu_supports("amx-bf16"); }
#endif
#else
bool cpu_multiplies_bf16_vectors() { return false; }
bool cpu_multiplies_bf16_matrices() { return false; }
#endif

Precision choose_precision(PrecisionChoice choice, torch::Device device) {
  if (choice == PrecisionChoice::fp32) return Precision::fp32;
  if (choice == PrecisionChoice::bf16) return Precision::bf16;
  const bool bf16 = device.is_cuda()
                        ? at::detail::getCUDAHooks().supportsBFloat16ConvolutionWithCuDNNv8()
                        : cpu_multiplies_bf16_vectors() || cpu_multiplies_bf16_matrices();
  return bf16 ? Precision::bf16 : Precision::fp32;
}

const char* name_of(Precision precision) { return precision == Precision::bf16 ? "bf16" : "fp32"; }

}  // namespace catdog
