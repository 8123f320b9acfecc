// SPDX-License-Identifier: Apache-2.0
// Batch normalisation's loops over numbers that lie channels last: (rows, channels), a row being
// one place of one picture. Numbers are floats or the bits of bf16's; sums are made in floats over
// a few rows at a time, and these added up in doubles.
#pragma once

#include <cstdint>

namespace catdog::normalization {

// What each channel is multiplied by, and what is then added.
struct Line {
  const float *scale, *offset;
};

// What a channel's gradient to the input is made of: `scale` · (gradient - mean - (x - centre) ·
// slope).
struct Slope {
  const float *scale, *mean, *centre, *slope;
};

template <class Number>
struct Kernels {
  // Adds up x - origin, and its square: sums[c] and sums[channels + c].
  void (*add_moments)(const Number* x, int64_t rows, int64_t channels, const float* origin,
                      double* sums);

  // y = x · scale + offset + shortcut, not below 0 with `relu`; a NaN stays. `shortcut` may be
  // null.
  void (*apply)(const Number* x, int64_t rows, int64_t channels, const Line& line,
                const Number* shortcut, bool relu, Number* y);

  // Adds up the gradient g, and g · (x - centre), as add_moments does. With `y`, what apply() gave,
  // g is 0 where that is not above 0; with `passed` it is written there too.
  void (*add_gradients)(const Number* x, const Number* y, const Number* gradient, int64_t rows,
                        int64_t channels, const float* centre, double* sums, Number* passed);

  // The gradient to x.
  void (*pull_back)(const Number* x, const Number* y, const Number* gradient, int64_t rows,
                    int64_t channels, const Slope& slope, Number* out);
};

extern const Kernels<float> kFloats;
extern const Kernels<uint16_t> kBf16;

}  // namespace catdog::normalization
