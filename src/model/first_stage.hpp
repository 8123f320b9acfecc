// SPDX-License-Identifier: Apache-2.0
// The first stage on processors with AVX-512-BF16: convolution 3×3 of three colours, bias, ReLU and
// 2×2 max-pooling in one pass, and its gradients in another. The map between convolution and
// pooling, the largest of the whole network, is never written.
//
// Numbers are bf16, read and multiplied as such and summed in fp32; the library's convolution reads
// the same numbers but, with three input channels, runs at a fraction of its usual speed.
#pragma once

#include <cstdint>

namespace catdog::first_stage {

constexpr int64_t kFilterMultiple = 16;  // filters are a multiple of this

struct Shape {
  int64_t pictures, height, width;  // of the input; both sides at least 4
  int64_t filters;                  // a multiple of kFilterMultiple

  int64_t out_height() const { return (height - 2) / 2; }
  int64_t out_width() const { return (width - 2) / 2; }
};

// Whether this program and the processor that it runs on can do it; else do not call the rest.
bool available();

// Values past the end of the input that are read, and count for nothing.
constexpr int64_t kPadding = 1;

// input: bf16 (N, H, W, 3), with kPadding finite numbers behind it; weight: float
// (filters, 3, 3, 3) as rows, columns, colours; bias: float (filters).
// out: bf16 (N, H', W', filters); which: which of its window's four gave each maximum, in reading
// order, or 4 where none is above 0; may be null.
void forward(const Shape& shape, const uint16_t* input, const float* weight, const float* bias,
             uint16_t* out, int8_t* which);

}  // namespace catdog::first_stage
