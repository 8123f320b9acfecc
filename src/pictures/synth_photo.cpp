// SPDX-License-Identifier: Apache-2.0
// From the drawn scene to a photograph: light, contrast, colour cast, blur and sensor noise.
#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "synth_animal.hpp"

namespace catdog::synth {
namespace {

struct Light {
  std::array<std::array<uint8_t, 256>, 3> curve;  // contrast, brightness and cast of a channel
  Point slope;                                    // from one side of the picture to the other
  double vignette;
};

Light draw_light(Rng& rng) {
  Light light{};
  // The ranges are as wide as a face still shows at: wider, and white fur loses its outline.
  const double gain = std::exp(rng.uniform(-0.4, 0.16)), gamma = std::exp(rng.uniform(-0.3, 0.3));
  const double contrast = rng.uniform(0.72, 1.12), warmth = rng.uniform(-0.13, 0.13);
  const double green = rng.uniform(-0.05, 0.05), lift = rng.uniform(-10, 22);
  const std::array<double, 3> cast{1 + warmth, 1 + green, 1 - warmth};
  for (int c = 0; c < 3; ++c) {
    for (int value = 0; value < 256; ++value) {
      const double bright = 255 * std::pow(value / 255.0, gamma) * gain * cast[c];
      const double result = 118 + (bright - 118) * contrast + lift;
      light.curve[c][value] = static_cast<uint8_t>(std::clamp(result, 0.0, 255.0) + 0.5);
    }
  }
  const double angle = rng.uniform(0, 6.283), strength = rng.uniform(0, 0.3);
  light.slope = {strength * std::cos(angle), strength * std::sin(angle)};
  light.vignette = chance(rng, 0.5) ? rng.uniform(0, 0.7) : 0;
  return light;
}

void shine(Picture& picture, const Light& light) {
  const double side = picture.cols;
  for (int y = 0; y < picture.rows; ++y) {
    uint8_t* pixel = picture.ptr<uint8_t>(y);
    const double v = (y + 0.5) / side - 0.5;
    for (int x = 0; x < picture.cols; ++x, pixel += 3) {
      const double u = (x + 0.5) / side - 0.5;
      const double bright =
          1 + light.slope.x * u + light.slope.y * v - light.vignette * (u * u + v * v);
      const int factor = static_cast<int>(256 * bright);
      for (int c = 0; c < 3; ++c) {
        pixel[c] = static_cast<uint8_t>(std::min(255, light.curve[c][pixel[c]] * factor / 256));
      }
    }
  }
}

// Grey noise for the most part, with a little colour. The sum of four bytes is close to normal.
void add_noise(Picture& picture, double strength, Rng& rng) {
  const int factor = static_cast<int>(std::lround(65536 * strength / 148));
  for (int y = 0; y < picture.rows; ++y) {
    uint8_t* pixel = picture.ptr<uint8_t>(y);
    for (int x = 0; x < picture.cols; ++x, pixel += 3) {
      const uint32_t bits = rng.next_u32();
      const std::array<int, 4> byte{static_cast<int>(bits & 255), static_cast<int>(bits >> 8 & 255),
                                    static_cast<int>(bits >> 16 & 255),
                                    static_cast<int>(bits >> 24)};
      const int grey = byte[0] + byte[1] + byte[2] + byte[3] - 510;
      for (int c = 0; c < 3; ++c) {
        const int noise = (grey + byte[c] - 128) * factor;
        pixel[c] = static_cast<uint8_t>(std::clamp(pixel[c] + (noise + 32768) / 65536, 0, 255));
      }
    }
  }
}

}  // namespace

Picture take_photo(const Canvas& canvas, int size_px, Rng& rng, Rng& sensor) {
  const Light light = draw_light(rng);
  const double blur = chance(rng, 0.4) ? rng.uniform(0.001, 0.005) : 0;
  const double noise = rng.uniform(0, 6);
  Picture picture;
  cv::resize(canvas.pixels(), picture, {size_px, size_px}, 0, 0, cv::INTER_AREA);
  if (blur * size_px > 0.2) cv::GaussianBlur(picture, picture, {0, 0}, blur * size_px);
  shine(picture, light);
  add_noise(picture, noise, sensor);
  return picture;
}

}  // namespace catdog::synth
