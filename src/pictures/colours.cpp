// SPDX-License-Identifier: Apache-2.0
// Plain loops, which the compiler turns into vector instructions. Sums and extremes are taken in
// lanes, of which each belongs to one channel: their order is then the same on every processor.
#include "colours.hpp"

#include <algorithm>

#include "catdog/core/each_cpu.hpp"

namespace catdog {
namespace {

constexpr size_t kLanes = 48;  // a multiple of 3 and of what a vector register holds

inline float clip(float x) {
  const float above = x > 0 ? x : 0;
  return above < 255 ? above : 255;
}

inline float grey_of(const float* pixel) {
  return kGrey[0] * pixel[0] + kGrey[1] * pixel[1] + kGrey[2] * pixel[2];
}

CATDOG_FOR_EACH_CPU
void add_in_lanes(const float* __restrict in, size_t count, float* __restrict lanes) {
  size_t first = 0;
  for (; first + kLanes <= count; first += kLanes) {
    for (size_t i = 0; i < kLanes; ++i) lanes[i] += in[first + i];
  }
  for (size_t i = 0; first + i < count; ++i) lanes[i] += in[first + i];
}

// Row by row, so that even a large picture's sums stay exact enough in floats.
float mean_grey(const Canvas& canvas) {
  double sum = 0;
  for (int y = 0; y < canvas.size.height; ++y) {
    std::array<float, kLanes> lanes{};
    add_in_lanes(canvas.row(y), canvas.row_length(), lanes.data());
    for (size_t i = 0; i < kLanes; ++i) sum += double{kGrey[i % 3]} * lanes[i];
  }
  return static_cast<float>(sum / static_cast<double>(canvas.pixels()));
}

CATDOG_FOR_EACH_CPU
void find_extremes(const float* __restrict in, size_t count, float* __restrict low,
                   float* __restrict high) {
  size_t first = 0;
  for (; first + kLanes <= count; first += kLanes) {
    for (size_t i = 0; i < kLanes; ++i) {
      const float x = in[first + i];
      low[i] = x < low[i] ? x : low[i];
      high[i] = x > high[i] ? x : high[i];
    }
  }
  for (size_t i = 0; first + i < count; ++i) {
    low[i] = std::min(low[i], in[first + i]);
    high[i] = std::max(high[i], in[first + i]);
  }
}

struct Extremes {
  std::array<float, 3> low = {255, 255, 255}, high = {0, 0, 0};
};

// Of each channel.
Extremes extremes_of(const Canvas& canvas) {
  std::array<float, kLanes> low, high;
  low.fill(255);
  high.fill(0);
  find_extremes(canvas.begin, canvas.count(), low.data(), high.data());
  Extremes extremes;
  for (size_t i = 0; i < kLanes; ++i) {
    extremes.low[i % 3] = std::min(extremes.low[i % 3], low[i]);
    extremes.high[i % 3] = std::max(extremes.high[i % 3], high[i]);
  }
  return extremes;
}

// x · scale + offset.
CATDOG_FOR_EACH_CPU
void stretch(float* __restrict x, size_t count, float scale, float offset) {
  for (size_t i = 0; i < count; ++i) x[i] = clip(x[i] * scale + offset);
}

CATDOG_FOR_EACH_CPU
void stretch_channels(float* __restrict x, size_t pixels, const float* scales,
                      const float* offsets) {
  const float scale[] = {scales[0], scales[1], scales[2]};
  const float offset[] = {offsets[0], offsets[1], offsets[2]};
  for (size_t i = 0; i < pixels; ++i) {
    x[3 * i] = clip(x[3 * i] * scale[0] + offset[0]);
    x[3 * i + 1] = clip(x[3 * i + 1] * scale[1] + offset[1]);
    x[3 * i + 2] = clip(x[3 * i + 2] * scale[2] + offset[2]);
  }
}

CATDOG_FOR_EACH_CPU
void blend_with_grey(float* __restrict x, size_t pixels, float factor) {
  for (size_t i = 0; i < pixels; ++i) {
    const float grey = (1 - factor) * grey_of(x + 3 * i);
    x[3 * i] = clip(factor * x[3 * i] + grey);
    x[3 * i + 1] = clip(factor * x[3 * i + 1] + grey);
    x[3 * i + 2] = clip(factor * x[3 * i + 2] + grey);
  }
}

// The channel whose own place on the circle is `place` (red's 0, green's 2, blue's 4): highest
// within one sixth of it, lowest from two sixths on. `hue` is at least 0 and below 6.
inline float channel_at(float place, float hue, float high, float chroma) {
  const float way = hue > place ? hue - place : place - hue;
  const float distance = way < 6 - way ? way : 6 - way;
  const float beyond = distance - 1 > 0 ? distance - 1 : 0;
  return high - chroma * (beyond < 1 ? beyond : 1);
}

// `turn` in sixths of the circle, at least 0 and below 6. Value and saturation stay as they are:
// so do the highest and the lowest of a pixel's channels, and HSV is never written down.
CATDOG_FOR_EACH_CPU
void turn_by_sixths(float* __restrict x, size_t pixels, float turn) {
  for (size_t i = 0; i < pixels; ++i) {
    const float red = x[3 * i], green = x[3 * i + 1], blue = x[3 * i + 2];
    const float high_rg = red > green ? red : green, low_rg = red < green ? red : green;
    const float high = high_rg > blue ? high_rg : blue, low = low_rg < blue ? low_rg : blue;
    const float chroma = high - low;
    const float inverse = 1 / (chroma + 1e-20f);  // of a grey: times 0
    const float from_red = (green - blue) * inverse;
    const float from_green = 2 + (blue - red) * inverse;
    const float from_blue = 4 + (red - green) * inverse;
    const float unless_red = high == green ? from_green : from_blue;
    float hue = (high == red ? from_red : unless_red) + turn;  // -1 … 11
    hue = hue < 0 ? hue + 6 : hue;
    hue = hue >= 6 ? hue - 6 : hue;
    x[3 * i] = channel_at(0, hue, high, chroma);
    x[3 * i + 1] = channel_at(2, hue, high, chroma);
    x[3 * i + 2] = channel_at(4, hue, high, chroma);
  }
}

CATDOG_FOR_EACH_CPU
void set_grey(float* __restrict x, size_t pixels) {
  for (size_t i = 0; i < pixels; ++i) x[3 * i] = x[3 * i + 1] = x[3 * i + 2] = grey_of(x + 3 * i);
}

}  // namespace

void shift_channels(const Canvas& canvas, const std::array<double, 3>& shifts) {
  const Extremes extremes = extremes_of(canvas);
  const float low = *std::min_element(extremes.low.begin(), extremes.low.end());
  const float high = *std::max_element(extremes.high.begin(), extremes.high.end());
  for (size_t i = 0; i < canvas.count(); i += 3) {
    for (size_t c = 0; c < 3; ++c) {
      float& x = canvas.begin[i + c];
      x = std::clamp(x + static_cast<float>(shifts[c]), low, high);
    }
  }
}

void brighten(const Canvas& canvas, float factor) {
  stretch(canvas.begin, canvas.count(), factor, 0);
}

void change_contrast(const Canvas& canvas, float factor) {
  stretch(canvas.begin, canvas.count(), factor, (1 - factor) * mean_grey(canvas));
}

void change_saturation(const Canvas& canvas, float factor) {
  blend_with_grey(canvas.begin, canvas.pixels(), factor);
}

void turn_hues(const Canvas& canvas, float degrees) {
  turn_by_sixths(canvas.begin, canvas.pixels(), (degrees < 0 ? degrees + 360 : degrees) / 60);
}

void make_grey(const Canvas& canvas) { set_grey(canvas.begin, canvas.pixels()); }

void stretch_to_full_range(const Canvas& canvas) {
  const Extremes extremes = extremes_of(canvas);
  std::array<float, 3> scales, offsets;
  for (size_t c = 0; c < 3; ++c) {
    const float spread = extremes.high[c] - extremes.low[c];
    scales[c] = spread > 0 ? 255 / spread : 1;
    offsets[c] = spread > 0 ? -extremes.low[c] * scales[c] : 0;
  }
  stretch_channels(canvas.begin, canvas.pixels(), scales.data(), offsets.data());
}

}  // namespace catdog
