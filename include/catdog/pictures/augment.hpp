// SPDX-License-Identifier: Apache-2.0
// Random variations of a training picture, as Keras's ImageDataGenerator makes them and beyond: the
// ranges that a config gives, the numbers drawn from them for one picture, and their effect.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "catdog/core/options.hpp"
#include "catdog/core/random.hpp"
#include "catdog/pictures/crop.hpp"
#include "catdog/pictures/picture.hpp"
#include "catdog/pictures/policy.hpp"
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

// Keras's names and meanings, then what Keras has not; everything is off at first.
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

  double affine_probability = 1;             // of rotation, shift, shear and zoom together
  std::array<double, 2> crop_area = {1, 1};  // shares of the picture's area
  std::array<double, 2> crop_aspect = {3.0 / 4, 4.0 / 3};  // width / height
  std::array<double, 2> contrast_range = {1, 1};           // factors
  std::array<double, 2> saturation_range = {1, 1};         // factors
  double hue_range = 0;                                    // degrees to either side
  double grayscale_probability = 0;
  int rand_augment_ops = 0;           // a picture
  double rand_augment_magnitude = 5;  // 0 to 10
  // Of batches: see mix.hpp.
  double mixup_alpha = 0;
  double cutmix_alpha = 0;
  double mix_share = 1;
  int mix_epochs = 0;  // from the beginning; 0: all

  void describe(OptionTable& table);
};

// Whether transform_on_device() does all that these options ask of transform(): not RandAugment.
bool device_can(const AugmentOptions& options);

// Sets the preset and the options that depend on it.
void apply_preset(AugmentOptions& options, Preset preset);

// What happens to one picture, in this order, but that pixels are looked up once, after all that
// moves them.
struct Transformation {
  Affine affine;
  Box crop;  // of what the affine gives
  bool flip_horizontally = false;
  bool flip_vertically = false;
  std::array<double, 3> channel_shifts = {0, 0, 0};     // RGB, units of a byte
  double brightness = 1, contrast = 1, saturation = 1;  // factors
  double hue_deg = 0;
  bool grey = false;
  std::vector<PolicyStep> policy;  // its movements follow the crop, its colours come here
  cv::Rect erased;                 // pixels; empty: none
  uint64_t erased_seed = 0;        // of the noise that fills it

  bool operator==(const Transformation&) const = default;
};

// Draws in a fixed order, Keras's: rotation, shift of rows, of columns, shear, zoom of rows, of
// columns, flips, channel shifts, brightness, erasing; and what Keras has not from branches of
// `rng`. Each number is drawn whether or not its option is on, so that turning one on or off leaves
// the others as they were. Meant for Rng(seed, Stream::augment, pass, index).
Transformation draw_transformation(const AugmentOptions& options, Size size, Rng rng);

// From a pixel of an output of that size, flips aside, to its place in a picture of size `in`:
// through affine, crop and the movements of the policy. None if every pixel stays where it is.
std::optional<AffineMatrix> lookup_matrix(Size in, Size size, const Transformation& drawn);

// The independent random bytes that fill the erased rectangle: its height × width × 3.
std::vector<uint8_t> erasing_noise(const Transformation& transformation);

// Writes H·W·3 floats in [0, 1], RGB, of that size, for which the transformation was drawn. A
// picture of another size is resized by the same lookup that moves its pixels. Safe to call from
// several threads.
void transform(const Picture& picture, const Transformation& transformation,
               const AugmentOptions& options, Size size, float* out);

}  // namespace catdog
