// SPDX-License-Identifier: Apache-2.0
// The options of augmentation, the faults of a config by their text, and the numbers that are drawn
// for a picture.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>

#include "catdog/pictures/augment.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

TEST(AugmentOptions, PresetsSetShearUnitAndInterpolation) {
  AugmentOptions options;
  EXPECT_EQ(options.shear_unit, ShearUnit::radians);
  EXPECT_EQ(options.interpolation, Interpolation::nearest);
  apply_preset(options, Preset::keras_preprocessing_1);
  EXPECT_EQ(options.preset, Preset::keras_preprocessing_1);
  EXPECT_EQ(options.shear_unit, ShearUnit::degrees);
  EXPECT_EQ(options.interpolation, Interpolation::bilinear);
  apply_preset(options, Preset::keras_2_0_8);
  EXPECT_EQ(options.shear_unit, ShearUnit::radians);
  EXPECT_EQ(options.interpolation, Interpolation::nearest);
}

// The draws of one number for pictures 0 … n-1.
std::vector<double> drawn_numbers(const AugmentOptions& options,
                                  const std::function<double(const Transformation&)>& number) {
  std::vector<double> numbers;
  for (uint32_t i = 0; i < 20'000; ++i) {
    numbers.push_back(
        number(draw_transformation(options, {100, 200}, Rng(3, Stream::augment, 1, i))));
  }
  return numbers;
}

// Whether `numbers` are uniform from `low` to `high`: limits, mean and variance to five standard
// deviations.
void expect_uniform(const std::vector<double>& numbers, double low, double high) {
  const auto n = static_cast<double>(numbers.size());
  const double middle = (low + high) / 2, half = (high - low) / 2;
  double sum = 0, squares = 0;
  for (const double x : numbers) {
    EXPECT_TRUE(x >= low && x <= high) << x;
    sum += (x - middle) / half;
    squares += (x - middle) / half * ((x - middle) / half);
  }
  EXPECT_NEAR(sum / n, 0, 5 * std::sqrt(1 / (3 * n)));
  EXPECT_NEAR(squares / n, 1.0 / 3, 5 * std::sqrt(4 / (45 * n)));
}

TEST(AugmentDraws, AreUniformInTheirRanges) {
  AugmentOptions options;
  options.rotation_range = 40;
  options.height_shift_range = 0.3;
  options.width_shift_range = options.shear_range = 0.2;
  options.zoom_range = {0.8, 1.2};
  options.channel_shift_range = 50;
  options.brightness_range = {0.4, 1.1};
  using T = Transformation;
  const auto draw = [&](const auto& number) { return drawn_numbers(options, number); };
  expect_uniform(draw([](const T& t) { return t.affine.rotation_deg; }), -40, 40);
  expect_uniform(draw([](const T& t) { return t.affine.shift_rows_px; }), -30, 30);
  expect_uniform(draw([](const T& t) { return t.affine.shift_columns_px; }), -40, 40);
  expect_uniform(draw([](const T& t) { return t.affine.shear_rad; }), -0.2, 0.2);
  const auto zoom_rows = draw([](const T& t) { return t.affine.zoom_rows; });
  const auto zoom_columns = draw([](const T& t) { return t.affine.zoom_columns; });
  expect_uniform(zoom_rows, 0.8, 1.2);
  expect_uniform(zoom_columns, 0.8, 1.2);
  for (size_t c = 0; c < 3; ++c) {
    expect_uniform(draw([c](const T& t) { return t.channel_shifts[c]; }), -50, 50);
  }
  expect_uniform(draw([](const T& t) { return t.brightness; }), 0.4, 1.1);

  double product = 0;  // of the zooms: independent, so their correlation is close to 0
  for (size_t i = 0; i < zoom_rows.size(); ++i) {
    product += (zoom_rows[i] - 1) * (zoom_columns[i] - 1);
  }
  const auto n = static_cast<double>(zoom_rows.size());
  EXPECT_NEAR(product / n / (0.04 / 3), 0, 5 / std::sqrt(n));

  options.shear_unit = ShearUnit::degrees;
  const double limit = 0.2 * std::numbers::pi / 180;
  expect_uniform(draw([](const T& t) { return t.affine.shear_rad; }), -limit, limit);
}

TEST(AugmentDraws, FlipAndEraseAsOftenAsAskedFor) {
  AugmentOptions options;
  options.horizontal_flip = options.vertical_flip = true;
  options.erasing_probability = 0.3;
  const auto mean = [&](const std::function<double(const Transformation&)>& number) {
    double sum = 0;
    for (const double x : drawn_numbers(options, number)) sum += x;
    return sum / 20'000;
  };
  using T = Transformation;
  EXPECT_NEAR(mean([](const T& t) { return t.flip_horizontally; }), 0.5, 0.018);
  EXPECT_NEAR(mean([](const T& t) { return t.flip_vertically; }), 0.5, 0.018);
  EXPECT_NEAR(mean([](const T& t) { return t.flip_horizontally && t.flip_vertically; }), 0.25,
              0.016);
  EXPECT_NEAR(mean([](const T& t) { return !t.erased.empty(); }), 0.3, 0.017);
}

TEST(AugmentDraws, TurningAnOptionOnLeavesTheOtherDraws) {
  AugmentOptions some;
  some.width_shift_range = 0.1;
  some.vertical_flip = true;
  some.brightness_range = {0.5, 2};
  AugmentOptions more = some;
  more.rotation_range = 90;
  more.zoom_range = {0.5, 2};
  more.horizontal_flip = true;
  more.channel_shift_range = 10;
  more.erasing_probability = 0.5;
  for (uint32_t i = 0; i < 100; ++i) {
    const Rng rng(9, Stream::augment, 0, i);
    const Transformation a = draw_transformation(some, {150, 150}, rng);
    const Transformation b = draw_transformation(more, {150, 150}, rng);
    EXPECT_EQ(a.affine.shift_columns_px, b.affine.shift_columns_px);
    EXPECT_EQ(a.flip_vertically, b.flip_vertically);
    EXPECT_EQ(a.brightness, b.brightness);
    EXPECT_NE(b.affine.rotation_deg, 0);
  }
}

// What Keras has not, each turned on by itself, changes its own numbers alone.
TEST(AugmentDraws, WhatKerasHasNotLeavesAllOtherDraws) {
  AugmentOptions none;
  none.rotation_range = 40;
  none.brightness_range = {0.5, 2};
  none.erasing_probability = 0.5;
  AugmentOptions all = none;
  all.affine_probability = 0.5;
  all.crop_area = {0.1, 1};
  all.contrast_range = {0.5, 2};
  all.saturation_range = {0.4, 2};
  all.hue_range = 30;
  all.grayscale_probability = 0.5;
  all.rand_augment_ops = 3;
  all.mixup_alpha = all.cutmix_alpha = 1;
  int still = 0, grey = 0;
  for (uint32_t i = 0; i < 1000; ++i) {
    const auto draw = [i](const AugmentOptions& options) {
      return draw_transformation(options, {150, 100}, Rng(9, Stream::augment, 0, i));
    };
    const Transformation expected = draw(all);
    Transformation built = draw(none);
    still += expected.affine == Affine{};
    grey += expected.grey;
    if (expected.affine == Affine{}) built.affine = Affine{};
    const auto take = [&](const auto& set, auto Transformation::*field) {
      AugmentOptions one = none;
      set(one);
      built.*field = draw(one).*field;
    };
    using O = AugmentOptions;
    using T = Transformation;
    take([&](O& o) { o.crop_area = all.crop_area; }, &T::crop);
    take([&](O& o) { o.contrast_range = all.contrast_range; }, &T::contrast);
    take([&](O& o) { o.saturation_range = all.saturation_range; }, &T::saturation);
    take([&](O& o) { o.hue_range = all.hue_range; }, &T::hue_deg);
    take([&](O& o) { o.grayscale_probability = all.grayscale_probability; }, &T::grey);
    take([&](O& o) { o.rand_augment_ops = all.rand_augment_ops; }, &T::policy);
    EXPECT_EQ(built, expected);
  }
  EXPECT_NEAR(still, 500, 5 * std::sqrt(250.0));
  EXPECT_NEAR(grey, 500, 5 * std::sqrt(250.0));
}

// So that a run of an older version can be repeated: numbers of a Philox in Python.
TEST(AugmentDraws, AreThoseOfTheFirstVersion) {
  AugmentOptions options;
  options.rotation_range = 40;
  options.zoom_range = {0.8, 1.2};
  options.brightness_range = {0.5, 1.5};
  options.erasing_probability = 1;
  const Transformation drawn =
      draw_transformation(options, {150, 100}, Rng(1, Stream::augment, 2, 3));
  EXPECT_DOUBLE_EQ(drawn.affine.rotation_deg, 33.827215503659744);
  EXPECT_DOUBLE_EQ(drawn.affine.zoom_columns, 0.8055238647655015);
  EXPECT_DOUBLE_EQ(drawn.brightness, 0.7737777607836637);
  EXPECT_EQ(drawn.erased_seed, 0x4f5a5cd2ae208fb8u);
  EXPECT_EQ(drawn.erased, cv::Rect(13, 45, 71, 35));
}

Sections sections_of(AugmentOptions& options) {
  Sections sections(1);
  sections[0].first = "augment";
  options.describe(sections[0].second);
  return sections;
}

std::string fault(const std::string& augment) {
  AugmentOptions options;
  const Sections sections = sections_of(options);
  const Faults faults =
      read_sections(sections, parse_json("{\"augment\": " + augment + "}", ""), "c.json");
  return faults.size() == 1 ? faults[0] : std::to_string(faults.size()) + " faults";
}

TEST(AugmentOptions, ReadBackEqual) {
  AugmentOptions options, copy;
  const Sections sections = sections_of(options);
  const Faults faults =
      read_sections(sections,
                    parse_json(R"({"augment": {"rotation_range": 40, "zoom_range": 0.2,
      "horizontal_flip": true, "fill_mode": "wrap", "brightness_range": [0, 1.5],
      "crop_area": [0.25, 1], "rand_augment_ops": 2, "mixup_alpha": 0.2,
      "preset": "keras-preprocessing-1"}})",
                               ""),
                    "");
  EXPECT_TRUE(faults.empty());
  EXPECT_EQ(options.rotation_range, 40);
  EXPECT_EQ(options.zoom_range, (std::array<double, 2>{0.8, 1.2}));
  EXPECT_TRUE(options.horizontal_flip);
  EXPECT_EQ(options.fill_mode, FillMode::wrap);
  EXPECT_EQ(options.preset, Preset::keras_preprocessing_1);
  EXPECT_EQ(options.crop_area, (std::array<double, 2>{0.25, 1}));
  EXPECT_EQ(options.rand_augment_ops, 2);
  EXPECT_EQ(options.mixup_alpha, 0.2);
  const Sections copied = sections_of(copy);
  EXPECT_TRUE(read_sections(copied, write_sections(sections), "").empty());
  EXPECT_EQ(write_sections(copied), write_sections(sections));
}

TEST(AugmentOptions, FaultsNameTheAllowedRange) {
  EXPECT_EQ(fault(R"({"rotation_range": -1})"),
            "c.json: augment.rotation_range = -1: must be a number from 0 to 180");
  EXPECT_EQ(fault(R"({"width_shift_range": 1})"),
            "c.json: augment.width_shift_range = 1: must be a number from 0 to 1 (excluded)");
  EXPECT_EQ(fault(R"({"height_shift_range": -0.1})"),
            "c.json: augment.height_shift_range = -0.1: must be a number from 0 to 1 (excluded)");
  EXPECT_EQ(fault(R"({"shear_range": -0.2})"),
            "c.json: augment.shear_range = -0.2: must be a number from 0 to 90");
  EXPECT_EQ(fault(R"({"cval": 256})"),
            "c.json: augment.cval = 256: must be a number from 0 to 255");
  EXPECT_EQ(fault(R"({"channel_shift_range": -3})"),
            "c.json: augment.channel_shift_range = -3: must be a number from 0 to 255");
  EXPECT_EQ(fault(R"({"erasing_probability": 1.5})"),
            "c.json: augment.erasing_probability = 1.5: must be a number from 0 to 1");
  EXPECT_EQ(fault(R"({"affine_probability": -0.5})"),
            "c.json: augment.affine_probability = -0.5: must be a number from 0 to 1");
  EXPECT_EQ(fault(R"({"hue_range": 181})"),
            "c.json: augment.hue_range = 181: must be a number from 0 to 180");
  EXPECT_EQ(fault(R"({"rand_augment_ops": 1.5})"),
            "c.json: augment.rand_augment_ops = 1.5: must be a whole number from 0 to 16");
  EXPECT_EQ(fault(R"({"cutmix_alpha": -1})"),
            "c.json: augment.cutmix_alpha = -1: must be a number from 0 to 10");
  EXPECT_EQ(fault(R"({"crop_area": [0, 1]})"),
            "c.json: augment.crop_area = [0,1]: must be a pair [low, high] of numbers from 0 "
            "(excluded) to 1, low not above high");
  EXPECT_EQ(fault(R"({"horizontal_flip": 1})"),
            "c.json: augment.horizontal_flip = 1: must be true or false");
  EXPECT_EQ(fault(R"({"fill_mode": "mirror"})"),
            "c.json: augment.fill_mode = \"mirror\": must be one of \"nearest\" \"constant\" "
            "\"reflect\" \"wrap\"");
  EXPECT_EQ(fault(R"({"preset": "keras-3"})"),
            "c.json: augment.preset = \"keras-3\": must be one of \"keras-2.0.8\" "
            "\"keras-preprocessing-1\"");
  EXPECT_EQ(fault(R"({"rotation": 40})"),
            "c.json: augment.rotation: unknown key; the nearest known one is "
            "augment.rotation_range");
}

TEST(AugmentOptions, FaultsOfPairs) {
  const std::string pair = ": must be a pair [low, high] of numbers from 0 to ";
  for (const char* value : {"0.5", "[1.5,0.5]", "[-0.5,1.0]", "[1.0]", "[\"a\",1]", "null"}) {
    const std::string text = fault(R"({"brightness_range": )" + std::string(value) + "}");
    EXPECT_EQ(text.rfind("c.json: augment.brightness_range = " + std::string(value) + pair, 0), 0u)
        << text;
  }
  for (const char* value : {"1", "-0.1", "[0.0,1.0]", "[1.2,0.8]", "[0.8,1.0,1.2]", "true"}) {
    const std::string text = fault(R"({"zoom_range": )" + std::string(value) + "}");
    EXPECT_EQ(text.rfind("c.json: augment.zoom_range = " + std::string(value) + ": must be ", 0),
              0u)
        << text;
    EXPECT_NE(text.find("pair [low, high]"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace catdog
