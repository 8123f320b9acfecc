// SPDX-License-Identifier: Apache-2.0
// The inner loops of pooled_gradient.cpp, a set for each kind of processor. Each set is compiled
// for its own kind and called only there: nothing else may be included here, or a function that two
// of them compile could run on another processor.
#pragma once

#include <cstdint>

namespace catdog::pooled_gradient {

constexpr int kSide = 3;          // of the kernel
constexpr int kColours = 3;       // channels of a picture
constexpr int kSpan = 64;         // windows whose survivors one mask holds
constexpr int8_t kNobody = 4;     // of a window's four numbers, none is above 0
constexpr int kFilterUnit = 16;   // filters are a multiple of this
constexpr int kChannelUnit = 32;  // channels of the input too, or they are the colours

// One picture. Windows are counted in reading order.
struct Layout {
  int64_t channels, filters;
  int64_t pitch;           // numbers in a row of the input
  int64_t numbers;         // in the input
  int64_t windows, spans;  // spans = windows / kSpan, rounded up
  const int64_t* corners;  // where the input's part under each window begins (windows)
  int64_t places[4];       // from there to the part under each of its four numbers
};

// Input and weight are Numbers, gradient is a Gradient; layouts as in pooled_gradient.hpp, one
// picture at a time.
template <class Number, class Gradient>
struct Kernels {
  // live: (spans, filters) masks, the bit of each window whose gradient passes; bias: (filters),
  // the sums of those gradients.
  void (*survey)(const Layout& layout, const Gradient* gradient, const int8_t* which,
                 uint64_t* live, float* bias);

  // Adds the picture's part to the sums of the filters from `begin` to before `end`. sums:
  // (filters, weight_sums(channels)), in an order of their own.
  void (*add_weight_gradient)(const Layout& layout, const Number* input, const Gradient* gradient,
                              const int8_t* which, const uint64_t* live, int64_t begin, int64_t end,
                              float* sums);
  int64_t (*weight_sums)(int64_t channels);
  // One filter's sums → (rows, columns, channels)
  void (*read_weight_sums)(int64_t channels, const float* sums, float* weight_gradient);

  // sums: scratch of `numbers` floats. out: the input's gradient. Null where channels are colours.
  void (*input_gradient)(const Layout& layout, const Number* weight, const Gradient* gradient,
                         const int8_t* which, float* sums, Number* out);
};

extern const Kernels<uint16_t, uint16_t> kAvx512Bf16;
extern const Kernels<float, float> kAvx512, kAvx2;
// Three channels, the picture's colours: no input_gradient
extern const Kernels<float, uint16_t> kAvx512ColoursBf16;
extern const Kernels<float, float> kAvx512Colours, kAvx2Colours;

}  // namespace catdog::pooled_gradient
