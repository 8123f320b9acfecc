// SPDX-License-Identifier: Apache-2.0
// Random variations of a training picture, as Keras's ImageDataGenerator makes them: the ranges
// that a config gives, the numbers drawn from them for one picture, and their effect.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "catdog/core/options.hpp"
#include "catdog/core/random.hpp"
#include "catdog/pictures/picture.hpp"
#include "catdog/pictures/warp.hpp"

namespace catdog {

// The factor from a byte to [0, 1]: Keras multiplies by float(1 / 255), which is not x / 255.
inline constexpr float kRescale = static_cast<float>(1.0 / 255);

// Which Keras a config follows where its versions differ.
enum class Preset {
  keras_2_0_8,            // the book's: shear in radians, nearest pixel
  keras_preprocessing_1,  // Keras 2.1.4 to 2.8: shear in degrees, bilinear
};

enum class ShearUnit { radians, degrees };

// Keras's names and meanings; everything is off at first.
struct AugmentOptions {
  Preset preset = Preset::keras_2_0_8;
  double rotation_range = 0;      // degrees to either side
  double width_shift_range = 0;   // share of the width, to either side
  double height_shift_range = 0;  // share of the height, to either side
  double shear_range = 0;         // in shear_unit, to either side
  ShearUnit shear_unit = ShearUnit::radians;
  std::array<double, 2> zoom_range = {1, 1};  // below 1 magnifies; rows and columns independently
  bool horizontal_flip = false;
  bool vertical_flip = false;
  FillMode fill_mode = FillMode::nearest;
  double cval = 0;  // units of a byte
  Interpolation interpolation = Interpolation::nearest;
  double channel_shift_range = 0;                   // units of a byte, each channel by itself
  std::array<double, 2> brightness_range = {1, 1};  // factors
  double erasing_probability = 0;

  void describe(OptionTable& table);
};

// Sets the preset and the options that depend on it.
void apply_preset(AugmentOptions& options, Preset preset);

// What happens to one picture, in this order.
struct Transformation {
  Affine affine;
  bool flip_horizontally = false;
  bool flip_vertically = false;
  std::array<double, 3> channel_shifts = {0, 0, 0};  // RGB, units of a byte
  double brightness = 1;                             // factor
  cv::Rect erased;                                   // pixels; empty: none
  uint64_t erased_seed = 0;                          // of the noise that fills it

  bool operator==(const Transformation&) const = default;
};

// Draws in a fixed order, Keras's: rotation, shift of rows, of columns, shear, zoom of rows, of
// columns, flips; then the order of the fields. Each number is drawn whether or not its option is
// on, so that turning one on or off leaves the others as they were. Meant for
// Rng(seed, Stream::augment, pass, index).
Transformation draw_transformation(const AugmentOptions& options, Size size, Rng rng);

// The independent random bytes that fill the erased rectangle: its height × width × 3.
std::vector<uint8_t> erasing_noise(const Transformation& transformation);

// Writes H·W·3 floats in [0, 1], RGB. Safe to call from several threads.
void transform(const Picture& picture, const Transformation& transformation,
               const AugmentOptions& options, float* out);

}  // namespace catdog
