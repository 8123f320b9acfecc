// SPDX-License-Identifier: Apache-2.0
// The config's section `augment`.
#include "catdog/pictures/augment.hpp"

namespace catdog {
namespace {

void describe_beyond_keras(AugmentOptions& options, OptionTable& table) {
  const Range factor = {0, 10};
  table.number("affine_probability", options.affine_probability, {0, 1},
               "share of the pictures that are rotated, shifted, sheared and zoomed");
  table.pair("crop_area", options.crop_area, {0, 1, /*low_open=*/true},
             "area of a random crop as a share of the picture's; [1, 1]: none");
  table.pair("crop_aspect", options.crop_aspect, {0.01, 100},
             "width of the crop divided by its height");
  table.pair("contrast_range", options.contrast_range, factor, "factor of contrast");
  table.pair("saturation_range", options.saturation_range, factor, "factor of saturation");
  table.number("hue_range", options.hue_range, {0, 180},
               "degrees that hues are turned to either side");
  table.number("grayscale_probability", options.grayscale_probability, {0, 1},
               "share of the pictures that become grey");
  table.number("rand_augment_ops", options.rand_augment_ops, {0, 16},
               "operations of RandAugment that are drawn for each picture");
  table.number("rand_augment_magnitude", options.rand_augment_magnitude, {0, 10},
               "their strength; 10 is the most");
  table.number("mixup_alpha", options.mixup_alpha, {0, 10},
               "pictures of a batch are blended, by shares from Beta(alpha, alpha); 0: not");
  table.number("cutmix_alpha", options.cutmix_alpha, {0, 10},
               "a part of another picture of the batch is pasted in, its share likewise; 0: not");
  table.number("mix_share", options.mix_share, {0, 1}, "share of the batches that are mixed");
  table.number("mix_epochs", options.mix_epochs, {0, 1e6},
               "epochs from the beginning in which they are; 0: all");
}

}  // namespace

void AugmentOptions::describe(OptionTable& table) {
  table.choice("preset", preset,
               {{"keras-2.0.8", Preset::keras_2_0_8},
                {"keras-preprocessing-1", Preset::keras_preprocessing_1}},
               "which Keras is followed where its versions differ: the book's, or 2.1.4 to 2.8");
  table.number("rotation_range", rotation_range, {0, 180}, "degrees of rotation to either side");
  table.number("width_shift_range", width_shift_range, {0, 1, false, /*high_open=*/true},
               "shift to either side as a share of the width");
  table.number("height_shift_range", height_shift_range, {0, 1, false, /*high_open=*/true},
               "shift up and down as a share of the height");
  table.number("shear_range", shear_range, {0, 90}, "shear to either side, in shear_unit");
  table.choice("shear_unit", shear_unit,
               {{"radians", ShearUnit::radians}, {"degrees", ShearUnit::degrees}},
               "unit of shear_range; 0.2 radians are 11 degrees");
  table.pair_about_one("zoom_range", zoom_range,
                       "zoom, drawn for height and width by itself; below 1 magnifies");
  table.flag("horizontal_flip", horizontal_flip, "mirrors every second picture, left to right");
  table.flag("vertical_flip", vertical_flip, "turns every second picture upside down, mirrored");
  table.choice("fill_mode", fill_mode,
               {{"nearest", FillMode::nearest},
                {"constant", FillMode::constant},
                {"reflect", FillMode::reflect},
                {"wrap", FillMode::wrap}},
               "what is seen beyond the picture's edges");
  table.number("cval", cval, {0, 255}, "the value beyond the edges for fill_mode constant");
  table.choice("interpolation", interpolation,
               {{"nearest", Interpolation::nearest}, {"bilinear", Interpolation::bilinear}},
               "how pixels are taken from between pixels");
  table.number("channel_shift_range", channel_shift_range, {0, 255},
               "what is added to red, green and blue, each by itself, up to this to either side");
  table.pair("brightness_range", brightness_range, {0, 10}, "factor of brightness");
  table.number("erasing_probability", erasing_probability, {0, 1},
               "share of the pictures in which a random rectangle is filled with noise");
  describe_beyond_keras(*this, table);
}

void apply_preset(AugmentOptions& options, Preset preset) {
  const bool is_book = preset == Preset::keras_2_0_8;
  options.preset = preset;
  options.shear_unit = is_book ? ShearUnit::radians : ShearUnit::degrees;
  options.interpolation = is_book ? Interpolation::nearest : Interpolation::bilinear;
}

bool device_can(const AugmentOptions& options) { return options.rand_augment_ops == 0; }

}  // namespace catdog
