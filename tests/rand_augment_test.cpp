// SPDX-License-Identifier: Apache-2.0
// RandAugment: which operations are drawn and how strong they are, and where its movements take
// pixels from. tests/colours_test.cpp has its colours.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "catdog/pictures/augment.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

std::vector<PolicyStep> draw(int steps, double magnitude, uint32_t index) {
  return draw_policy(steps, magnitude, Rng(6, Stream::augment, 0, index));
}

// Amounts drawn at `magnitude`, without their signs, and how often they were negative.
struct Drawn {
  int count = 0, negative = 0;
  double amount = 0;
};
std::map<Operation, Drawn> draw_all(double magnitude) {
  std::map<Operation, Drawn> all;
  for (uint32_t i = 0; i < 7000; ++i) {
    for (const PolicyStep& step : draw(2, magnitude, i)) {
      Drawn& drawn = all[step.operation];
      if (drawn.count++ > 0) {
        EXPECT_EQ(std::abs(step.amount), drawn.amount);
      }
      drawn.amount = std::abs(step.amount);
      drawn.negative += step.amount < 0;
    }
  }
  return all;
}

// The magnitudes are torchvision's for num_magnitude_bins = 31: bins 0, 15 and 30.
TEST(RandAugment, AmountsAreTorchvisions) {
  using Op = Operation;
  const std::map<Op, std::array<double, 3>> expected = {{Op::identity, {0, 0, 0}},
                                                        {Op::shear_x, {0, 0.15, 0.3}},
                                                        {Op::shear_y, {0, 0.15, 0.3}},
                                                        {Op::shift_x, {0, 75.0 / 331, 150.0 / 331}},
                                                        {Op::shift_y, {0, 75.0 / 331, 150.0 / 331}},
                                                        {Op::rotate, {0, 15, 30}},
                                                        {Op::brightness, {0, 0.45, 0.9}},
                                                        {Op::colour, {0, 0.45, 0.9}},
                                                        {Op::contrast, {0, 0.45, 0.9}},
                                                        {Op::sharpness, {0, 0.45, 0.9}},
                                                        {Op::posterize, {8, 6, 4}},
                                                        {Op::solarize, {255, 127.5, 0}},
                                                        {Op::autocontrast, {0, 0, 0}},
                                                        {Op::equalize, {0, 0, 0}}};
  ASSERT_EQ(expected.size(), size_t{kOperations});
  for (size_t i = 0; i < 3; ++i) {
    const std::map<Op, Drawn> all = draw_all(5.0 * static_cast<double>(i));
    ASSERT_EQ(all.size(), expected.size());
    for (const auto& [operation, drawn] : all) {
      SCOPED_TRACE(static_cast<int>(operation));
      EXPECT_NEAR(drawn.count, 1000, 5 * std::sqrt(1000.0));
      EXPECT_NEAR(drawn.amount, expected.at(operation)[i], 1e-12);
      const bool either_sign = operation >= Op::shear_x && operation <= Op::sharpness;
      const double half = either_sign && i > 0 ? drawn.count / 2.0 : 0;
      EXPECT_NEAR(drawn.negative, half, 5 * std::sqrt(half));
    }
  }
}

// 8 - round(magnitude · 4 / 10), halves to the even number.
TEST(RandAugment, PosterizeKeepsWholeBits) {
  const std::map<double, double> bits = {{1, 8},    {1.25, 8}, {1.3, 7}, {2.5, 7},
                                         {3.75, 6}, {6, 6},    {8.8, 4}, {10, 4}};
  for (const auto& [magnitude, expected] : bits) {
    EXPECT_EQ(draw_all(magnitude)[Operation::posterize].amount, expected) << magnitude;
  }
}

TEST(RandAugment, MoreOperationsBeginWithTheFewer) {
  const std::vector<PolicyStep> one = draw(1, 7, 9), three = draw(3, 7, 9);
  ASSERT_EQ(three.size(), 3u);
  EXPECT_EQ(one.at(0), three[0]);
  EXPECT_TRUE(draw(0, 7, 9).empty());
}

// Where output pixel (row, column) is taken from.
std::array<double, 2> source_of(Size size, const PolicyStep& step, double row, double column) {
  const AffineMatrix m = movement_matrix(size, step);
  return {m[0][0] * row + m[0][1] * column + m[0][2], m[1][0] * row + m[1][1] * column + m[1][2]};
}

void expect_source(const PolicyStep& step, std::array<double, 2> pixel,
                   std::array<double, 2> expected) {
  const std::array<double, 2> source = source_of({100, 200}, step, pixel[0], pixel[1]);
  EXPECT_NEAR(source[0], expected[0], 1e-9);
  EXPECT_NEAR(source[1], expected[1], 1e-9);
}

TEST(RandAugment, MovesPixelsAsTorchvisionDoes) {
  // A shear leaves the corner, half a pixel beyond the first pixel's middle, where it is.
  expect_source({Operation::shear_x, 0.2}, {-0.5, -0.5}, {-0.5, -0.5});
  expect_source({Operation::shear_x, 0.2}, {29.5, 10}, {29.5, 16});
  expect_source({Operation::shear_y, -0.1}, {10, 99.5}, {0, 99.5});
  expect_source({Operation::shift_x, 0.25}, {3, 4}, {3, 54});
  expect_source({Operation::shift_y, -0.25}, {3, 4}, {-22, 4});
  // A rotation leaves the middle; a quarter turn is exact.
  expect_source({Operation::rotate, 17}, {49.5, 99.5}, {49.5, 99.5});
  expect_source({Operation::rotate, 90}, {49.5, 109.5}, {39.5, 99.5});
  expect_source({Operation::identity, 0}, {3, 4}, {3, 4});
}

TEST(RandAugment, MovementsFollowEachOtherInOneMap) {
  constexpr Size kSize = {80, 60};
  Transformation drawn;
  drawn.crop = {.top = 0.1, .left = 0.2, .height = 0.5, .width = 0.6};
  drawn.policy = {{Operation::rotate, 20}, {Operation::contrast, 0.5}, {Operation::shear_x, 0.3}};
  const AffineMatrix whole = *lookup_matrix(kSize, kSize, drawn);
  // What was done last is looked up first.
  const auto sheared = source_of(kSize, drawn.policy[2], 11, 7);
  const auto rotated = source_of(kSize, drawn.policy[0], sheared[0], sheared[1]);
  const double row = 0.1 * 80 + (rotated[0] + 0.5) * 0.5 - 0.5;
  const double column = 0.2 * 60 + (rotated[1] + 0.5) * 0.6 - 0.5;
  EXPECT_NEAR(whole[0][0] * 11 + whole[0][1] * 7 + whole[0][2], row, 1e-9);
  EXPECT_NEAR(whole[1][0] * 11 + whole[1][1] * 7 + whole[1][2], column, 1e-9);
}

TEST(RandAugment, WithoutMovementsNoPixelIsLookedUp) {
  Transformation drawn;
  EXPECT_FALSE(lookup_matrix({8, 8}, {8, 8}, drawn).has_value());
  drawn.policy = {{Operation::contrast, 0.5}, {Operation::identity, 0}};
  EXPECT_FALSE(lookup_matrix({8, 8}, {8, 8}, drawn).has_value());
  drawn.policy.push_back({Operation::rotate, 3});
  EXPECT_TRUE(lookup_matrix({8, 8}, {8, 8}, drawn).has_value());
}

TEST(RandAugment, IsLeftToTheLoadersThreads) {
  AugmentOptions options;
  options.crop_area = {0.5, 1};
  options.hue_range = 20;
  options.mixup_alpha = 1;
  EXPECT_TRUE(device_can(options));
  options.rand_augment_ops = 1;
  EXPECT_FALSE(device_can(options));
}

}  // namespace
}  // namespace catdog
