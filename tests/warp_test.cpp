// SPDX-License-Identifier: Apache-2.0
// Warping: Keras's matrix, SciPy's rules at the border, and every number against a slow copy of
// the rules, also for odd sizes and absurd matrices.
#include "catdog/pictures/warp.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "catdog/core/random.hpp"
#include "warp_golden.hpp"

namespace catdog {
namespace {

using test::kFillModes;
using test::make_noise;

constexpr std::array kInterpolations = {Interpolation::nearest, Interpolation::bilinear};
constexpr AffineMatrix kIdentity = {{{1, 0, 0}, {0, 1, 0}}};

std::vector<float> warped(const Picture& picture, const AffineMatrix& matrix,
                          const Sampling& sampling) {
  std::vector<float> out(picture.total() * 3, -1e9f);
  warp(picture, matrix, sampling, {picture.rows, picture.cols}, out.data());
  return out;
}

// The specification, pixel by pixel. NaN stands for "outside".
double slow_fold(double x, int size, FillMode mode) {
  const double n = size, last = size - 1;
  if (mode == FillMode::constant) return x < 0 || x > last ? std::nan("") : x;
  if (mode == FillMode::nearest) return std::clamp(x, 0.0, last);
  if (size == 1) return 0;
  if (mode == FillMode::wrap) {
    if (x < 0) x += last * (std::trunc(-x / last) + 1);
    return x > last ? x - last * std::trunc(x / last) : x;
  }
  if (x < -2 * n) x += 2 * n * std::trunc(-x / (2 * n));
  if (x < 0) x = x < -n ? x + 2 * n : (x > -1e-15 ? 1e-15 : -x) - 1;
  if (x <= last) return x;
  x -= 2 * n * std::trunc(x / (2 * n));
  return x >= n ? 2 * n - x - 1 : x;
}

double slow_pixel(const Picture& picture, double row, double column, int channel,
                  const Sampling& sampling) {
  const double y = slow_fold(row, picture.rows, sampling.fill_mode);
  const double x = slow_fold(column, picture.cols, sampling.fill_mode);
  if (std::isnan(y) || std::isnan(x)) return sampling.cval;
  const auto at = [&](double r, double c) -> double {
    return picture.at<cv::Vec3b>(std::clamp(static_cast<int>(r), 0, picture.rows - 1),
                                 std::clamp(static_cast<int>(c), 0, picture.cols - 1))[channel];
  };
  if (sampling.interpolation == Interpolation::nearest) {
    return at(std::floor(y + 0.5), std::floor(x + 0.5));
  }
  const double top = std::floor(y), left = std::floor(x), down = y - top, right = x - left;
  return (1 - down) * ((1 - right) * at(top, left) + right * at(top, left + 1)) +
         down * ((1 - right) * at(top + 1, left) + right * at(top + 1, left + 1));
}

// The largest difference between warp() and the specification.
double difference(const Picture& picture, const AffineMatrix& m, const Sampling& sampling) {
  const std::vector<float> out = warped(picture, m, sampling);
  double largest = 0;
  for (size_t i = 0; i < out.size(); ++i) {
    const double r = static_cast<double>(i / 3 / static_cast<size_t>(picture.cols));
    const double c = static_cast<double>(i / 3 % static_cast<size_t>(picture.cols));
    const double row = (r * m[0][0] + c * m[0][1]) + m[0][2];
    const double column = (r * m[1][0] + c * m[1][1]) + m[1][2];
    const double expected = slow_pixel(picture, row, column, static_cast<int>(i % 3), sampling);
    largest = std::max(largest, std::abs(static_cast<float>(expected) - double{out[i]}));
  }
  return largest;
}

TEST(Warp, MatrixIsKerass) {
  constexpr double kDegree = 0.017453292519943295;
  const AffineMatrix degrees = {
      {{0.779422863, -0.553321941, 69.589634418}, {0.45, 0.950702282, -29.583149321}}};
  const AffineMatrix radians = {
      {{0.779422863, -0.728294574, 82.800068186}, {0.45, 0.824370677, -20.045113152}}};
  for (const auto& [shear, expected] : {std::pair(0.2 * kDegree, degrees), {0.2, radians}}) {
    const AffineMatrix matrix = affine_matrix({150, 150}, {30, 10, -5, shear, .9, 1.1});
    for (size_t row = 0; row < 2; ++row) {
      for (size_t i = 0; i < 3; ++i) EXPECT_NEAR(matrix[row][i], expected[row][i], 1e-9);
    }
  }
}

TEST(Warp, FoldsPlacesOutsideAsScipyDoes) {
  constexpr std::array kPlaces = {-2.25, -1.0, -0.25, 0.5, 3.0, 3.25, 4.5, 5.75};
  constexpr std::array<std::array<float, 8>, 4> kBilinear = {
      {{0, 0, 0, 5, 30, 30, 30, 30},
       {99, 99, 99, 5, 30, 99, 99, 99},
       {12.5, 0, 0, 5, 30, 30, 25, 12.5},
       {7.5, 20, 27.5, 5, 30, 2.5, 15, 27.5}}};
  constexpr std::array<std::array<float, 8>, 4> kNearest = {{{0, 0, 0, 10, 30, 30, 30, 30},
                                                             {99, 99, 99, 10, 30, 99, 99, 99},
                                                             {10, 0, 0, 10, 30, 30, 30, 10},
                                                             {10, 20, 30, 10, 30, 0, 20, 30}}};
  Picture across(1, 4, CV_8UC3);
  for (int i = 0; i < 4; ++i)
    across.at<cv::Vec3b>(i) = cv::Vec3b::all(static_cast<uint8_t>(10 * i));
  const Picture down = across.reshape(3, 4);
  for (size_t mode = 0; mode < 4; ++mode) {
    for (size_t i = 0; i < kPlaces.size(); ++i) {
      SCOPED_TRACE("mode " + std::to_string(mode) + ", " + std::to_string(kPlaces[i]));
      const AffineMatrix in_row = {{{0, 0, 0}, {0, 0, kPlaces[i]}}};
      const AffineMatrix in_column = {{{0, 0, kPlaces[i]}, {0, 0, 0}}};
      for (const Interpolation method : kInterpolations) {
        const Sampling sampling = {kFillModes[mode], method, /*cval=*/99};
        const auto& table = method == Interpolation::nearest ? kNearest : kBilinear;
        EXPECT_EQ(warped(across, in_row, sampling), std::vector<float>(12, table[mode][i]));
        EXPECT_EQ(warped(down, in_column, sampling), std::vector<float>(12, table[mode][i]));
      }
    }
  }
}

// Fails where a * b + c is contracted to one operation.
TEST(Warp, BreaksTiesAsScipyDoes) {
  const nlohmann::json golden = test::read_golden("ties");
  ASSERT_GE(golden.size(), 60u);
  for (size_t number = 0; number < golden.size(); ++number) {
    const auto& entry = golden[number];
    for (size_t mode = 0; mode < 4; ++mode) {
      SCOPED_TRACE("entry " + std::to_string(number) + ", mode " + std::to_string(mode));
      Sampling sampling = {kFillModes[mode], Interpolation::nearest, 7.5};
      EXPECT_EQ(test::digest(warped(test::golden_picture(entry), entry["matrix"], sampling)),
                entry["nearest"][mode]);
      sampling.interpolation = Interpolation::bilinear;
      const auto out = warped(test::golden_picture(entry), entry["matrix"], sampling);
      EXPECT_LT(test::sample_difference(entry["bilinear"][mode], number, out), 1e-3);
    }
  }
}

TEST(Warp, MeetsTheSpecificationForManySizesAndMatrices) {
  Rng rng(1, Stream::augment);
  double largest = 0;
  for (int i = 0; i < 300; ++i) {
    // Also single rows, columns and pixels, and rows wider than the blocks that are worked on.
    const int height = 1 + static_cast<int>(rng.below(i % 3 == 0 ? 3 : 40));
    const int width = 1 + static_cast<int>(rng.below(i % 5 == 0 ? 3 : i % 7 == 0 ? 400 : 40));
    const double reach = i % 2 == 0 ? 1 : 20;
    const Affine affine = {rng.uniform(-180, 180),
                           reach * rng.uniform(-height, height),
                           reach * rng.uniform(-width, width),
                           rng.uniform(-1, 1),
                           rng.uniform(0.1, 2) * reach,
                           rng.uniform(0.1, 2)};
    const AffineMatrix matrix = affine_matrix({height, width}, affine);
    const Picture picture = make_noise(height, width, static_cast<uint32_t>(i));
    SCOPED_TRACE(std::to_string(height) + " x " + std::to_string(width));
    for (const FillMode mode : kFillModes) {
      EXPECT_EQ(difference(picture, matrix, {mode, Interpolation::nearest, -3.25}), 0);
      const double blended = difference(picture, matrix, {mode, Interpolation::bilinear, 300.5});
      EXPECT_LT(blended, 1e-3);
      largest = std::max(largest, blended);
    }
  }
  RecordProperty("largest_difference", std::to_string(largest));
}

TEST(Warp, TheIdentityGivesTheBytes) {
  for (const auto& [height, width] : {std::pair(1, 1), {7, 5}, {3, 300}}) {
    const Picture picture = make_noise(height, width);
    const std::vector<float> bytes(picture.data, picture.data + picture.total() * 3);
    for (const FillMode mode : kFillModes) {
      for (const Interpolation method : kInterpolations) {
        EXPECT_EQ(warped(picture, kIdentity, {mode, method, 99}), bytes);
      }
    }
  }
}

TEST(Warp, APictureOfOneColourStaysSo) {
  const Picture picture(31, 29, CV_8UC3, cv::Scalar::all(137));
  const AffineMatrix matrix = affine_matrix({31, 29}, {33, 9, -12, 0.2, 1.7, 0.6});
  for (const FillMode mode : kFillModes) {
    for (const Interpolation method : kInterpolations) {
      EXPECT_EQ(warped(picture, matrix, {mode, method, 137}),
                std::vector<float>(picture.total() * 3, 137));
    }
  }
}

TEST(Warp, WorksOnAPartOfAPicture) {  // whose rows have gaps
  const Picture part = make_noise(40, 40)(cv::Rect(5, 7, 21, 33));
  const AffineMatrix matrix = affine_matrix({33, 21}, {20, 3, 1, 0.1, 1.2, 0.9});
  for (const Interpolation method : kInterpolations) {
    const Sampling sampling = {FillMode::reflect, method};
    EXPECT_EQ(warped(part, matrix, sampling), warped(part.clone(), matrix, sampling));
  }
}

TEST(Warp, NeverChangesItsInput) {
  const Picture picture = make_noise(20, 30), before = picture.clone();
  warped(picture, affine_matrix({20, 30}, {.rotation_deg = 20}), {});
  EXPECT_EQ(cv::norm(picture, before, cv::NORM_INF), 0);
}

TEST(Warp, AbsurdMatricesStayInsideThePicture) {
  const double infinite = std::numeric_limits<double>::infinity();
  const Picture picture = make_noise(9, 11);
  for (const double x : {1e12, -1e12, 1e300, -1e300, infinite, -infinite, std::nan("")}) {
    for (size_t at = 0; at < 6; ++at) {
      AffineMatrix matrix = kIdentity;
      matrix[at / 3][at % 3] = x;
      for (const FillMode mode : kFillModes) {
        for (const Interpolation method : kInterpolations) {
          for (const float number : warped(picture, matrix, {mode, method, 99})) {
            ASSERT_TRUE(number >= 0 && number <= 255) << number << " for " << x;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace catdog
