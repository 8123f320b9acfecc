// SPDX-License-Identifier: Apache-2.0
#include "normalization_kernels.hpp"

#include <algorithm>
#include <bit>
#include <vector>

#include "catdog/core/each_cpu.hpp"

namespace catdog::normalization {
namespace {

#define CATDOG_INLINE inline __attribute__((always_inline))

constexpr int64_t kRowsAtATime = 64;  // that are added up in floats

CATDOG_INLINE float to_float(float number) { return number; }
CATDOG_INLINE float to_float(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

CATDOG_INLINE void store(float value, float* to) { *to = value; }
// To the nearest, of two as near the even one.
CATDOG_INLINE void store(float value, uint16_t* to) {
  const auto bits = std::bit_cast<uint32_t>(value);
  *to = static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

// add_rows(first, end) adds those rows to `a` and `b`; all rows go to sums.
template <class AddRows>
CATDOG_INLINE void in_blocks(int64_t rows, int64_t channels, double* sums,
                             const AddRows& add_rows) {
  std::vector<float> both(static_cast<size_t>(2 * channels));
  for (int64_t first = 0; first < rows; first += kRowsAtATime) {
    std::fill(both.begin(), both.end(), 0.f);
    add_rows(first, std::min(rows, first + kRowsAtATime), both.data(), both.data() + channels);
    for (int64_t i = 0; i < 2 * channels; ++i) sums[i] += both[static_cast<size_t>(i)];
  }
}

template <class Number>
CATDOG_INLINE void add_moments(const Number* x, int64_t rows, int64_t channels,
                               const float* __restrict origin, double* sums) {
  in_blocks(
      rows, channels, sums,
      [=](int64_t row, int64_t end, float* __restrict a, float* __restrict b)
          __attribute__((always_inline)) {
            for (; row < end; ++row) {
              const Number* const __restrict of_row = x + row * channels;
              for (int64_t c = 0; c < channels; ++c) {
                const float value = to_float(of_row[c]) - origin[c];
                a[c] += value;
                b[c] += value * value;
              }
            }
          });
}

template <class Number, bool kShortcut, bool kRelu>
CATDOG_INLINE void apply_all(const Number* x, int64_t rows, int64_t channels, const Line& line,
                             const Number* shortcut, Number* y) {
  const float* const __restrict scale = line.scale, * const __restrict offset = line.offset;
  for (int64_t row = 0; row < rows; ++row) {
    const Number* const __restrict from = x + row * channels;
    const Number* const __restrict beside = kShortcut ? shortcut + row * channels : nullptr;
    Number* const __restrict to = y + row * channels;
    for (int64_t c = 0; c < channels; ++c) {
      float value = to_float(from[c]) * scale[c] + offset[c];
      if constexpr (kShortcut) value += to_float(beside[c]);
      if constexpr (kRelu) value = value < 0 ? 0 : value;
      store(value, to + c);
    }
  }
}

template <class Number>
CATDOG_INLINE void apply(const Number* x, int64_t rows, int64_t channels, const Line& line,
                         const Number* shortcut, bool relu, Number* y) {
  if (shortcut != nullptr && relu) {
    apply_all<Number, true, true>(x, rows, channels, line, shortcut, y);
  } else if (shortcut != nullptr) {
    apply_all<Number, true, false>(x, rows, channels, line, shortcut, y);
  } else if (relu) {
    apply_all<Number, false, true>(x, rows, channels, line, shortcut, y);
  } else {
    apply_all<Number, false, false>(x, rows, channels, line, shortcut, y);
  }
}

// The gradient behind ReLU.
template <bool kMasked, class Number>
CATDOG_INLINE float gradient_at(const Number* y, const Number* gradient, int64_t c) {
  const float value = to_float(gradient[c]);
  if constexpr (kMasked) return to_float(y[c]) > 0 ? value : 0;
  return value;
}

template <class Number, bool kMasked, bool kPassed>
CATDOG_INLINE void add_all_gradients(const Number* x, const Number* y, const Number* gradient,
                                     int64_t rows, int64_t channels, const float* __restrict centre,
                                     double* sums, Number* passed) {
  in_blocks(
      rows, channels, sums,
      [=](int64_t row, int64_t end, float* __restrict a, float* __restrict b)
          __attribute__((always_inline)) {
            for (; row < end; ++row) {
              const int64_t at = row * channels;
              const Number* const __restrict of_row = x + at;
              const Number* const __restrict of_y = kMasked ? y + at : nullptr;
              const Number* const __restrict of_gradient = gradient + at;
              Number* const __restrict to = kPassed ? passed + at : nullptr;
              for (int64_t c = 0; c < channels; ++c) {
                const float g = gradient_at<kMasked>(of_y, of_gradient, c);
                a[c] += g;
                b[c] += g * (to_float(of_row[c]) - centre[c]);
                if constexpr (kPassed) store(g, to + c);
              }
            }
          });
}

template <class Number>
CATDOG_INLINE void add_gradients(const Number* x, const Number* y, const Number* gradient,
                                 int64_t rows, int64_t channels, const float* centre, double* sums,
                                 Number* passed) {
  if (y == nullptr) {
    add_all_gradients<Number, false, false>(x, y, gradient, rows, channels, centre, sums, passed);
  } else if (passed == nullptr) {
    add_all_gradients<Number, true, false>(x, y, gradient, rows, channels, centre, sums, passed);
  } else {
    add_all_gradients<Number, true, true>(x, y, gradient, rows, channels, centre, sums, passed);
  }
}

template <class Number, bool kMasked>
CATDOG_INLINE void pull_all_back(const Number* x, const Number* y, const Number* gradient,
                                 int64_t rows, int64_t channels, const Slope& how, Number* out) {
  const float* const __restrict scale = how.scale, * const __restrict mean = how.mean, * const __restrict centre = how.centre, * const __restrict slope = how.slope;
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t at = row * channels;
    const Number* const __restrict of_row = x + at;
    const Number* const __restrict of_y = kMasked ? y + at : nullptr;
    const Number* const __restrict of_gradient = gradient + at;
    Number* const __restrict to = out + at;
    for (int64_t c = 0; c < channels; ++c) {
      const float g = gradient_at<kMasked>(of_y, of_gradient, c);
      store(scale[c] * (g - mean[c] - (to_float(of_row[c]) - centre[c]) * slope[c]), to + c);
    }
  }
}

template <class Number>
CATDOG_INLINE void pull_back(const Number* x, const Number* y, const Number* gradient, int64_t rows,
                             int64_t channels, const Slope& slope, Number* out) {
  if (y == nullptr) {
    pull_all_back<Number, false>(x, y, gradient, rows, channels, slope, out);
  } else {
    pull_all_back<Number, true>(x, y, gradient, rows, channels, slope, out);
  }
}

// One copy of each for each kind of number and processor.

CATDOG_FOR_EACH_CPU
void add_float_moments(const float* x, int64_t rows, int64_t channels, const float* origin,
                       double* sums) {
  add_moments(x, rows, channels, origin, sums);
}
CATDOG_FOR_EACH_CPU
void add_bf16_moments(const uint16_t* x, int64_t rows, int64_t channels, const float* origin,
                      double* sums) {
  add_moments(x, rows, channels, origin, sums);
}

CATDOG_FOR_EACH_CPU
void apply_to_floats(const float* x, int64_t rows, int64_t channels, const Line& line,
                     const float* shortcut, bool relu, float* y) {
  apply(x, rows, channels, line, shortcut, relu, y);
}
CATDOG_FOR_EACH_CPU
void apply_to_bf16(const uint16_t* x, int64_t rows, int64_t channels, const Line& line,
                   const uint16_t* shortcut, bool relu, uint16_t* y) {
  apply(x, rows, channels, line, shortcut, relu, y);
}

CATDOG_FOR_EACH_CPU
void add_float_gradients(const float* x, const float* y, const float* gradient, int64_t rows,
                         int64_t channels, const float* centre, double* sums, float* passed) {
  add_gradients(x, y, gradient, rows, channels, centre, sums, passed);
}
CATDOG_FOR_EACH_CPU
void add_bf16_gradients(const uint16_t* x, const uint16_t* y, const uint16_t* gradient,
                        int64_t rows, int64_t channels, const float* centre, double* sums,
                        uint16_t* passed) {
  add_gradients(x, y, gradient, rows, channels, centre, sums, passed);
}

CATDOG_FOR_EACH_CPU
void pull_floats_back(const float* x, const float* y, const float* gradient, int64_t rows,
                      int64_t channels, const Slope& slope, float* out) {
  pull_back(x, y, gradient, rows, channels, slope, out);
}
CATDOG_FOR_EACH_CPU
void pull_bf16_back(const uint16_t* x, const uint16_t* y, const uint16_t* gradient, int64_t rows,
                    int64_t channels, const Slope& slope, uint16_t* out) {
  pull_back(x, y, gradient, rows, channels, slope, out);
}

}  // namespace

const Kernels<float> kFloats = {add_float_moments, apply_to_floats, add_float_gradients,
                                pull_floats_back};
const Kernels<uint16_t> kBf16 = {add_bf16_moments, apply_to_bf16, add_bf16_gradients,
                                 pull_bf16_back};

}  // namespace catdog::normalization
