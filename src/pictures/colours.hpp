// SPDX-License-Identifier: Apache-2.0
// Operations on the colours of a picture of H·W·3 floats from 0 to 255, RGB, in place. Results are
// clipped to 0 … 255 and not rounded, unless it says otherwise. The same numbers on every machine.
#pragma once

#include <array>
#include <cstddef>

#include "catdog/pictures/picture.hpp"
#include "catdog/pictures/policy.hpp"

namespace catdog {

// The output while it is worked on.
struct Canvas {
  Size size;
  float* begin;

  size_t pixels() const {
    return static_cast<size_t>(size.height) * static_cast<size_t>(size.width);
  }
  size_t count() const { return pixels() * 3; }
  size_t row_length() const { return static_cast<size_t>(size.width) * 3; }
  float* row(int y) const { return begin + static_cast<size_t>(y) * row_length(); }
};

// How much of red, green and blue a grey has (ITU-R BT.601, as Pillow takes it).
inline constexpr std::array<float, 3> kGrey = {0.299f, 0.587f, 0.114f};

// Adds to red, green and blue; clipped to the picture's darkest and brightest number.
void shift_channels(const Canvas& canvas, const std::array<double, 3>& shifts);

// Times `factor`, which is not below 0; clipped at white.
void brighten(const Canvas& canvas, float factor);

// torchvision's adjust_contrast: factor · picture + (1 - factor) · its mean grey.
void change_contrast(const Canvas& canvas, float factor);

// torchvision's adjust_saturation: factor · pixel + (1 - factor) · its grey.
void change_saturation(const Canvas& canvas, float factor);

// torchvision's adjust_hue: turns each colour's hue, in HSV, by so many degrees from -180 to 180;
// red turns towards green, green towards blue.
void turn_hues(const Canvas& canvas, float degrees);

// Each pixel's grey in all channels.
void make_grey(const Canvas& canvas);

// Stretches each channel so that its darkest number becomes 0 and its brightest 255, if they
// differ.
void stretch_to_full_range(const Canvas& canvas);

// An operation of a policy that is no movement, as Pillow and torchvision do it on bytes; those of
// them that look bytes up (posterize, equalize) round to bytes first.
void apply_step(const Canvas& canvas, const PolicyStep& step);

}  // namespace catdog
