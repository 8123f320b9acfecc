// SPDX-License-Identifier: Apache-2.0
// The operations on colours that only a policy draws.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "catdog/core/each_cpu.hpp"
#include "colours.hpp"

namespace catdog {
namespace {

// The byte next to x, which is from 0 to 255.
inline int32_t byte_of(float x) { return static_cast<int32_t>(x + 0.5f); }

// From one row between two others, (1 1 1; 1 5 1; 1 1 1) / 13, blended with the row itself. `in`
// and `out` begin with the second pixel.
CATDOG_FOR_EACH_CPU
void sharpen_row(const float* __restrict in, ptrdiff_t row_length, float factor, size_t count,
                 float* __restrict out) {
  const float *above = in - row_length, *below = in + row_length;
  for (size_t i = 0; i < count; ++i) {
    const float* const a = above + i;
    const float* const x = in + i;
    const float* const b = below + i;
    const float around = a[-3] + a[0] + a[3] + x[-3] + x[3] + b[-3] + b[0] + b[3];
    const float smooth = (around + 5 * x[0]) * (1 / 13.0f);
    const float blended = factor * x[0] + (1 - factor) * smooth;
    const float above_zero = blended > 0 ? blended : 0;
    out[i] = above_zero < 255 ? above_zero : 255;
  }
}

// The outermost pixels stay as they are.
void sharpen(const Canvas& canvas, float factor) {
  if (canvas.size.height < 3 || canvas.size.width < 3) return;
  const std::vector<float> original(canvas.begin, canvas.begin + canvas.count());
  const size_t row_length = canvas.row_length();
  for (int y = 1; y < canvas.size.height - 1; ++y) {
    const float* const in = original.data() + static_cast<size_t>(y) * row_length;
    sharpen_row(in + 3, static_cast<ptrdiff_t>(row_length), factor, row_length - 6,
                canvas.row(y) + 3);
  }
}

CATDOG_FOR_EACH_CPU
void keep_bits(float* __restrict x, size_t count, int32_t mask) {
  for (size_t i = 0; i < count; ++i) x[i] = static_cast<float>(byte_of(x[i]) & mask);
}

CATDOG_FOR_EACH_CPU
void solarize(float* __restrict x, size_t count, float threshold) {
  for (size_t i = 0; i < count; ++i) x[i] = x[i] < threshold ? x[i] : 255 - x[i];
}

using Histogram = std::array<int64_t, 256>;

// Pillow's ImageOps.equalize: each byte's new value.
std::array<float, 256> equalizing(const Histogram& histogram) {
  std::array<float, 256> table;
  int64_t sum = 0, last = 0;
  for (const int64_t count : histogram) {
    sum += count;
    if (count > 0) last = count;
  }
  const int64_t step = (sum - last) / 255;
  int64_t n = step / 2;
  for (size_t i = 0; i < 256; ++i) {
    table[i] =
        static_cast<float>(step == 0 ? static_cast<int64_t>(i) : std::min<int64_t>(n / step, 255));
    n += histogram[i];
  }
  return table;
}

void equalize(const Canvas& canvas) {
  for (size_t c = 0; c < 3; ++c) {
    Histogram histogram{};
    float* const channel = canvas.begin + c;
    const size_t end = canvas.count();
    for (size_t i = 0; i < end; i += 3) ++histogram[static_cast<size_t>(byte_of(channel[i]))];
    const std::array<float, 256> table = equalizing(histogram);
    for (size_t i = 0; i < end; i += 3) {
      channel[i] = table[static_cast<size_t>(byte_of(channel[i]))];
    }
  }
}

}  // namespace

void apply_step(const Canvas& canvas, const PolicyStep& step) {
  const auto amount = static_cast<float>(step.amount);
  switch (step.operation) {
    case Operation::brightness: return brighten(canvas, 1 + amount);
    case Operation::colour: return change_saturation(canvas, 1 + amount);
    case Operation::contrast: return change_contrast(canvas, 1 + amount);
    case Operation::sharpness: return sharpen(canvas, 1 + amount);
    case Operation::posterize:
      return keep_bits(canvas.begin, canvas.count(), 255 << (8 - std::lround(step.amount)) & 255);
    case Operation::solarize: return solarize(canvas.begin, canvas.count(), amount);
    case Operation::autocontrast: return stretch_to_full_range(canvas);
    case Operation::equalize: return equalize(canvas);
    default: return;
  }
}

}  // namespace catdog
