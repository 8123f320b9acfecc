// SPDX-License-Identifier: Apache-2.0
// Augmentation: every picture as Keras makes it from the same parameters, and the effects that are
// not Keras's.
#include "catdog/pictures/augment.hpp"

#include <algorithm>
#include <cmath>

#include "warp_golden.hpp"

namespace catdog {
namespace {

using test::kFillModes;
using test::make_noise;

constexpr Size kGoldenSize = {150, 150};

// The book's ranges (section 5.2.5).
AugmentOptions book_options(Preset preset = Preset::keras_2_0_8) {
  AugmentOptions options;
  apply_preset(options, preset);
  options.rotation_range = 40;
  options.width_shift_range = options.height_shift_range = options.shear_range = 0.2;
  options.zoom_range = {0.8, 1.2};
  options.horizontal_flip = true;
  return options;
}

std::vector<float> transformed(const Picture& picture, const Transformation& transformation,
                               const AugmentOptions& options = {}) {
  std::vector<float> out(picture.total() * 3, -1e9f);
  transform(picture, transformation, options, {picture.rows, picture.cols}, out.data());
  return out;
}

std::vector<float> rescaled(const Picture& picture) {
  std::vector<float> out(picture.datastart, picture.dataend);
  for (float& x : out) x *= static_cast<float>(1.0 / 255);
  return out;
}

Picture flipped(const Picture& picture) {
  Picture result(picture.rows, picture.cols, CV_8UC3);
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.cols; ++x) {
      result.at<cv::Vec3b>(y, x) = picture.at<cv::Vec3b>(y, picture.cols - 1 - x);
    }
  }
  return result;
}

Transformation golden_transformation(const nlohmann::json& entry) {
  const std::vector<double> a = entry["affine"];
  Transformation transformation;
  transformation.affine = {a[0], a[1], a[2], a[3], a[4], a[5]};
  transformation.flip_horizontally = entry["flip"];
  return transformation;
}

TEST(Augment, MakesKerassPictures) {
  const nlohmann::json golden = test::read_golden("draws");
  ASSERT_EQ(golden.size(), 300u);
  double largest = 0;
  for (size_t number = 0; number < golden.size(); ++number) {
    const auto& entry = golden[number];
    for (size_t mode = 0; mode < 4; ++mode) {
      SCOPED_TRACE("entry " + std::to_string(number) + ", mode " + std::to_string(mode));
      AugmentOptions options;
      options.fill_mode = kFillModes[mode];
      options.cval = entry["cval"];
      const Picture picture = test::golden_picture(entry);
      std::vector<float> out = transformed(picture, golden_transformation(entry), options);
      EXPECT_EQ(test::digest(out), entry["nearest"][mode]);
      options.interpolation = Interpolation::bilinear;
      out = transformed(picture, golden_transformation(entry), options);
      for (float& x : out) x = static_cast<float>(x / double{kRescale});
      const double difference = test::sample_difference(entry["bilinear"][mode], number, out);
      EXPECT_LT(difference, 1e-3);
      largest = std::max(largest, difference);
    }
  }
  RecordProperty("largest_difference", std::to_string(largest));
}

// That the test above can fail.
TEST(Augment, TheTrueCentreOrAFlipBeforeTheWarpWouldDiffer) {
  const nlohmann::json golden = test::read_golden("draws");
  int flips = 0;
  for (size_t number = 0; number < golden.size(); number += 10) {
    const auto& entry = golden[number];
    const Picture picture = test::golden_picture(entry);
    Transformation late = golden_transformation(entry);
    const std::vector<float> expected = transformed(picture, late);
    ASSERT_EQ(test::digest(expected), entry["nearest"][0]);
    flips += late.flip_horizontally;
    if (late.flip_horizontally) {
      late.flip_horizontally = false;
      EXPECT_NE(transformed(flipped(picture), late), expected);
    }
    AffineMatrix m = affine_matrix({picture.rows, picture.cols}, late.affine);
    for (size_t i = 0; i < 2; ++i) m[i][2] += m[i][0] + m[i][1] - 1;
    std::vector<float> centred(expected.size());
    warp(entry["flip"] ? flipped(picture) : picture, m, {}, {picture.rows, picture.cols},
         centred.data());
    for (float& x : centred) x *= kRescale;
    EXPECT_NE(centred, expected);
  }
  EXPECT_GT(flips, 5);
}

TEST(Augment, NeutralOptionsOnlyRescale) {
  const Picture picture = make_noise(37, 23);
  for (uint32_t i = 0; i < 20; ++i) {
    const AugmentOptions options;
    const Transformation drawn =
        draw_transformation(options, {37, 23}, Rng(5, Stream::augment, 0, i));
    EXPECT_EQ(drawn, Transformation{});
    EXPECT_EQ(transformed(picture, drawn, options), rescaled(picture));
  }
}

TEST(Augment, WorksOnAPartOfAPicture) {  // whose rows have gaps
  const Picture part = make_noise(40, 40)(cv::Rect(5, 7, 21, 33));
  EXPECT_EQ(transformed(part, {}), rescaled(part.clone()));
}

TEST(Augment, SmallAndPlainPicturesPassUnharmed) {
  AugmentOptions options = book_options();
  options.vertical_flip = true;
  options.channel_shift_range = 30;
  options.brightness_range = {0.5, 1.5};
  options.erasing_probability = 1;
  for (const auto& [height, width] : {std::pair(1, 1), {1, 7}, {7, 1}, {2, 3}, {8, 8}, {5, 400}}) {
    const Picture picture = make_noise(height, width);
    for (const FillMode mode : kFillModes) {
      for (uint32_t i = 0; i < 20; ++i) {
        options.fill_mode = mode;
        options.interpolation = i % 2 == 0 ? Interpolation::nearest : Interpolation::bilinear;
        const Transformation drawn =
            draw_transformation(options, {height, width}, Rng(1, Stream::augment, 0, i));
        for (const float x : transformed(picture, drawn, options)) {
          ASSERT_TRUE(x >= 0 && x <= 1) << x;
        }
      }
    }
  }
  const Picture plain(60, 50, CV_8UC3, cv::Scalar::all(91));
  for (const Preset preset : {Preset::keras_2_0_8, Preset::keras_preprocessing_1}) {
    const Transformation drawn =
        draw_transformation(book_options(preset), {60, 50}, Rng(1, Stream::augment));
    EXPECT_EQ(transformed(plain, drawn, book_options(preset)), rescaled(plain));
  }
}

TEST(Augment, SeedPassAndIndexDecideEverything) {
  AugmentOptions options = book_options();
  options.erasing_probability = 1;
  const Picture picture = make_noise(150, 150);
  const auto bytes = [&](uint64_t seed, uint32_t pass, uint32_t index) {
    const Rng rng(seed, Stream::augment, pass, index);
    return transformed(picture, draw_transformation(options, kGoldenSize, rng), options);
  };
  const std::vector<float> first = bytes(1, 2, 3);
  EXPECT_EQ(bytes(1, 2, 3), first);
  EXPECT_NE(bytes(2, 2, 3), first);
  EXPECT_NE(bytes(1, 3, 3), first);
  EXPECT_NE(bytes(1, 2, 4), first);
}

TEST(Augment, FlipsMirrorRowsAndColumns) {
  const Picture picture = make_noise(7, 6);
  Transformation both;
  both.flip_horizontally = true;
  EXPECT_EQ(transformed(picture, both), rescaled(flipped(picture)));
  both.flip_vertically = true;
  Picture turned(7, 6, CV_8UC3);
  for (int i = 0; i < 42; ++i) {
    turned.at<cv::Vec3b>(i / 6, i % 6) = picture.at<cv::Vec3b>(6 - i / 6, 5 - i % 6);
  }
  EXPECT_EQ(transformed(picture, both), rescaled(turned));
}

TEST(Augment, ChannelShiftsStayWithinThePicturesOwnRange) {
  Picture picture(1, 2, CV_8UC3);
  picture.at<cv::Vec3b>(0) = {50, 100, 150};
  picture.at<cv::Vec3b>(1) = {60, 120, 200};
  Transformation shifted;
  shifted.channel_shifts = {-5, 20.5, 60};
  const std::vector<float> out = transformed(picture, shifted);
  const std::vector<float> expected = {50, 120.5, 200, 55, 140.5, 200};
  for (size_t i = 0; i < 6; ++i) EXPECT_EQ(out[i], expected[i] * kRescale) << i;
}

TEST(Augment, BrightnessIsAFactorUpToWhite) {
  const Picture picture = make_noise(9, 9);
  Transformation brighter;
  for (const double factor : {0.0, 0.5, 2.0}) {
    brighter.brightness = factor;
    const std::vector<float> out = transformed(picture, brighter);
    for (size_t i = 0; i < out.size(); ++i) {
      const auto expected = static_cast<float>(std::min(picture.data[i] * factor, 255.0));
      EXPECT_EQ(out[i], expected * kRescale);
    }
  }
}

TEST(Augment, ErasesOneRectangleOfTheRightSize) {
  AugmentOptions options;
  options.erasing_probability = 1;
  const Picture black(150, 120, CV_8UC3, cv::Scalar::all(0));
  for (uint32_t i = 0; i < 300; ++i) {
    const Transformation drawn =
        draw_transformation(options, {150, 120}, Rng(1, Stream::augment, 0, i));
    const cv::Rect& erased = drawn.erased;
    ASSERT_FALSE(erased.empty());
    EXPECT_EQ(erased & cv::Rect(0, 0, 120, 150), erased);
    EXPECT_GT(erased.area(), 0.02 * 18'000 * 0.93);  // sides are rounded
    EXPECT_LT(erased.area(), 0.33 * 18'000 * 1.07);
    const double aspect = static_cast<double>(erased.height) / erased.width;
    EXPECT_TRUE(aspect > 0.27 && aspect < 3.6) << aspect;
    const std::vector<float> out = transformed(black, drawn, options);
    double sum = 0;
    for (int at = 0; at < 54'000; ++at) {
      const float x = out[static_cast<size_t>(at)];
      sum += x;
      ASSERT_TRUE(x == 0 || erased.contains({at / 3 % 120, at / 360}));
    }
    EXPECT_NEAR(sum / (3 * erased.area()), 0.5, 5 * std::sqrt(1 / (36.0 * erased.area())));
  }
}

}  // namespace
}  // namespace catdog
