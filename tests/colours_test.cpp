// SPDX-License-Identifier: Apache-2.0
// Colours: known numbers of Pillow and of Python's colorsys, and what holds for any picture.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "catdog/pictures/augment.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::make_noise;

nlohmann::json read_golden() {
  return nlohmann::json::parse(test::read_text(CATDOG_TEST_DATA "/colours_golden.json"));
}

// Of make_colours_golden.py.
Picture dim_noise(int height, int width) {
  Picture picture = make_noise(height, width);
  for (size_t i = 0; i < picture.total() * 3; ++i) {
    picture.data[i] = static_cast<uint8_t>(20 + picture.data[i] * picture.data[i] / 400);
  }
  return picture;
}

// From 0 to 255.
std::vector<double> in_bytes(const Picture& picture, const Transformation& transformation) {
  std::vector<float> out(picture.total() * 3, -1e9f);
  transform(picture, transformation, {}, {picture.rows, picture.cols}, out.data());
  std::vector<double> result;
  for (const float x : out) result.push_back(x / double{kRescale});
  return result;
}

Transformation one_step(Operation operation, double amount = 0) {
  Transformation transformation;
  transformation.policy = {{operation, amount}};
  return transformation;
}

const std::map<std::string, Operation> kNames = {
    {"brightness", Operation::brightness}, {"contrast", Operation::contrast},
    {"colour", Operation::colour},         {"sharpness", Operation::sharpness},
    {"posterize", Operation::posterize},   {"solarize", Operation::solarize},
    {"equalize", Operation::equalize},     {"autocontrast", Operation::autocontrast}};

TEST(Colours, ArePillows) {
  const nlohmann::json golden = read_golden();
  const Picture picture = dim_noise(golden["height"], golden["width"]);
  ASSERT_EQ(golden["pillow"].size(), 15u);
  for (const auto& row : golden["pillow"]) {
    SCOPED_TRACE(row["name"].get<std::string>() + " " + row["amount"].dump());
    const std::vector<double> out =
        in_bytes(picture, one_step(kNames.at(row["name"]), row["amount"]));
    const std::string hex = row["rgb"];
    ASSERT_EQ(hex.size(), out.size() * 2);
    double largest = 0, changed = 0;
    for (size_t i = 0; i < out.size(); ++i) {
      const double expected = std::stoi(hex.substr(2 * i, 2), nullptr, 16);
      largest = std::max(largest, std::abs(out[i] - expected));
      changed = std::max(changed, std::abs(picture.data[i] - expected));
    }
    EXPECT_LE(largest, row["tolerance"]);
    EXPECT_GT(changed, row["amount"] == 8 ? -1 : 2);
  }
}

TEST(Colours, AreThoseOfTheDefinitions) {
  const nlohmann::json golden = read_golden();
  const Picture picture = dim_noise(golden["height"], golden["width"]);
  ASSERT_EQ(golden["exact"].size(), 13u);
  for (const auto& row : golden["exact"]) {
    SCOPED_TRACE(row["name"].get<std::string>() + " " + row["number"].dump());
    Transformation transformation;
    if (row["name"] == "contrast") transformation.contrast = row["number"];
    if (row["name"] == "saturation") transformation.saturation = row["number"];
    if (row["name"] == "hue") transformation.hue_deg = row["number"];
    const std::vector<double> out = in_bytes(picture, transformation);
    for (size_t i = 0; i < row["rgb"].size(); ++i) {
      EXPECT_NEAR(out[i], row["rgb"][i], 1e-3) << i;
    }
  }
}

// Whether every pixel's channels are equal.
bool is_grey(const std::vector<double>& rgb) {
  for (size_t i = 0; i < rgb.size(); i += 3) {
    if (rgb[i] != rgb[i + 1] || rgb[i] != rgb[i + 2]) return false;
  }
  return true;
}

TEST(Colours, GreyIsWhatNoSaturationGives) {
  const Picture picture = make_noise(31, 17);
  Transformation grey, unsaturated;
  grey.grey = true;
  unsaturated.saturation = 0;
  const std::vector<double> out = in_bytes(picture, grey);
  EXPECT_TRUE(is_grey(out));
  EXPECT_EQ(out, in_bytes(picture, unsaturated));
  EXPECT_FALSE(is_grey(in_bytes(picture, {})));
}

TEST(Colours, ComeInAFixedOrder) {
  const Picture picture = dim_noise(33, 21);
  Transformation all, former, latter;
  all.brightness = former.brightness = 0.5;
  all.contrast = former.contrast = 0.5;
  all.saturation = 0.5;
  all.hue_deg = latter.hue_deg = 100;
  // All are linear here, and none is clipped: so what two of them give may be rounded between.
  former.saturation = 0.5;
  const std::vector<double> between = in_bytes(picture, former);
  Picture rounded(33, 21, CV_8UC3);
  for (size_t i = 0; i < between.size(); ++i) {
    rounded.data[i] = static_cast<uint8_t>(std::lround(between[i]));
  }
  const std::vector<double> expected = in_bytes(rounded, latter),
                            out = in_bytes(picture, all);
  for (size_t i = 0; i < out.size(); ++i) EXPECT_NEAR(out[i], expected[i], 2) << i;
}

TEST(Colours, NeutralNumbersChangeNothing) {
  const Picture picture = make_noise(20, 50);
  const std::vector<double> same = in_bytes(picture, {});
  for (const Operation operation : {Operation::identity, Operation::brightness, Operation::contrast,
                                    Operation::colour, Operation::sharpness}) {
    const std::vector<double> out = in_bytes(picture, one_step(operation));
    for (size_t i = 0; i < out.size(); ++i) EXPECT_NEAR(out[i], same[i], 1e-4);
  }
  EXPECT_EQ(in_bytes(picture, one_step(Operation::posterize, 8)), same);
  Transformation around;
  around.hue_deg = 1e-9;  // not left out, and too little to be seen
  const std::vector<double> out = in_bytes(picture, around);
  for (size_t i = 0; i < out.size(); ++i) EXPECT_NEAR(out[i], same[i], 1e-4);
}

TEST(Colours, PlainPicturesKeepTheirGrey) {
  for (const int value : {0, 91, 255}) {
    const Picture plain(9, 14, CV_8UC3, cv::Scalar::all(value));
    Transformation transformation;
    transformation.contrast = 3;
    transformation.saturation = 2;
    transformation.hue_deg = -77;
    transformation.grey = true;
    for (const auto& [name, operation] : kNames) {
      if (name == "brightness" || name == "posterize" || name == "solarize") continue;
      transformation.policy.push_back({operation, 0.9});
    }
    for (const double x : in_bytes(plain, transformation)) EXPECT_NEAR(x, value, 1e-3);
  }
}

// Rows and pictures whose lengths are no multiple of what is worked on at once.
TEST(Colours, OfSmallPicturesStayInTheirRange) {
  for (const auto& [height, width] : {std::pair(1, 1), {1, 7}, {7, 1}, {2, 2}, {3, 3}, {5, 400}}) {
    const Picture picture = make_noise(height, width);
    for (uint32_t i = 0; i < 200; ++i) {
      AugmentOptions options;
      options.contrast_range = options.saturation_range = {0, 10};
      options.hue_range = 180;
      options.rand_augment_ops = 4;
      options.rand_augment_magnitude = 10;
      options.crop_area = {0.01, 1};
      const Transformation drawn =
          draw_transformation(options, {height, width}, Rng(2, Stream::augment, 0, i));
      for (const double x : in_bytes(picture, drawn)) {
        ASSERT_TRUE(x >= 0 && x <= 255.001) << x;
      }
    }
  }
}

}  // namespace
}  // namespace catdog
