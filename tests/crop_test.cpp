// SPDX-License-Identifier: Apache-2.0
// Random resized crops: the boxes that are drawn, and which pixels they show.
#include "catdog/pictures/crop.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "catdog/pictures/augment.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::make_noise;

std::vector<Box> draw_boxes(const std::array<double, 2>& areas,
                            const std::array<double, 2>& aspects, Size size, uint32_t count) {
  std::vector<Box> boxes;
  for (uint32_t i = 0; i < count; ++i) {
    boxes.push_back(draw_crop(areas, aspects, size, Rng(4, Stream::augment, 0, i)));
  }
  return boxes;
}

double aspect_of(const Box& box, Size size) {
  return box.width * size.width / (box.height * size.height);
}

TEST(Crop, HasTheAreaAndTheAspectThatWereAskedFor) {
  constexpr Size kSize = {100, 130};
  constexpr int kCount = 20'000;
  double areas = 0, logs = 0, places = 0;
  for (const Box& box : draw_boxes({0.2, 0.4}, {0.5, 2}, kSize, kCount)) {
    const double area = box.height * box.width, aspect = aspect_of(box, kSize);
    EXPECT_TRUE(area > 0.2 - 1e-9 && area < 0.4 + 1e-9) << area;
    EXPECT_TRUE(aspect > 0.5 - 1e-9 && aspect < 2 + 1e-9) << aspect;
    EXPECT_TRUE(box.top >= 0 && box.top + box.height <= 1 + 1e-12);
    EXPECT_TRUE(box.left >= 0 && box.left + box.width <= 1 + 1e-12);
    areas += area;
    logs += std::log(aspect);
    places += box.top / (1 - box.height) + box.left / (1 - box.width);
  }
  // Means of uniform numbers, to five standard deviations.
  const double spread = 5 / std::sqrt(12.0 * kCount);
  EXPECT_NEAR(areas / kCount, 0.3, 0.2 * spread);
  EXPECT_NEAR(logs / kCount, 0, std::log(4) * spread);
  EXPECT_NEAR(places / kCount, 1, std::sqrt(2) * spread);
}

TEST(Crop, IsTheLargestInTheMiddleWhereNoneFits) {
  for (const Box& box : draw_boxes({1, 1}, {2, 3}, {100, 100}, 50)) {
    EXPECT_EQ(box, (Box{.top = 0.25, .left = 0, .height = 0.5, .width = 1}));
  }
  for (const Box& box : draw_boxes({1, 1}, {0.25, 0.5}, {100, 100}, 50)) {
    EXPECT_EQ(box, (Box{.top = 0, .left = 0.25, .height = 1, .width = 0.5}));
  }
  // As wide as high is too wide for 30 × 40: pixels count, not shares.
  for (const Box& box : draw_boxes({1, 1}, {1, 1}, {30, 40}, 50)) {
    EXPECT_EQ(box, (Box{.top = 0, .left = 0.125, .height = 1, .width = 0.75}));
  }
  for (const Box& box : draw_boxes({1, 1}, {0.5, 2}, {100, 100}, 50)) {
    if (box == Box{}) return;  // none of ten is a square
  }
  ADD_FAILURE() << "the whole picture was expected at least once";
}

std::vector<float> cropped_to(const Picture& picture, const Transformation& transformation,
                               const AugmentOptions& options, Size size) {
  std::vector<float> out(static_cast<size_t>(size.height * size.width) * 3);
  transform(picture, transformation, options, size, out.data());
  return out;
}

std::vector<float> cropped_to(const Picture& picture, const Transformation& transformation,
                               const AugmentOptions& options) {
  return cropped_to(picture, transformation, options, {picture.rows, picture.cols});
}

// Red is the row, green the column: bilinear interpolation of it tells where a pixel comes from.
Picture ramp(Size size) {
  Picture picture(size.height, size.width, CV_8UC3);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      picture.at<cv::Vec3b>(y, x) = {static_cast<uint8_t>(y), static_cast<uint8_t>(x), 0};
    }
  }
  return picture;
}

// The middle of pixel i of `count`, in pixels of the picture with 0 in the middle of the first:
// the box's edge, and so many of the box's `count` equal parts.
double place(double offset_px, double extent_px, int i, int count) {
  return offset_px + (i + 0.5) / count * extent_px - 0.5;
}

// One box of a ramp of size `in`, shown at `size`.
void expect_what_lies_under_the_pixels(Size in, Size size) {
  AugmentOptions options;
  options.interpolation = Interpolation::bilinear;
  Transformation cropped;
  cropped.crop = {.top = 0.21, .left = 0.13, .height = 0.37, .width = 0.71};
  const std::vector<float> out = cropped_to(ramp(in), cropped, options, size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const size_t at = static_cast<size_t>(y * size.width + x) * 3;
      EXPECT_NEAR(out[at] / kRescale, place(0.21 * in.height, 0.37 * in.height, y, size.height),
                  1e-3);
      EXPECT_NEAR(out[at + 1] / kRescale, place(0.13 * in.width, 0.71 * in.width, x, size.width),
                  1e-3);
    }
  }
}

TEST(Crop, ShowsWhatLiesUnderThePixelsMiddles) {
  expect_what_lies_under_the_pixels({120, 200}, {120, 200});
}

TEST(Crop, CutsFromWhatTheAffineGives) {
  constexpr Size kSize = {200, 200};
  AugmentOptions options;
  options.interpolation = Interpolation::bilinear;
  Transformation both;
  both.affine = {.rotation_deg = 20, .shift_rows_px = 7.3, .shear_rad = 0.1, .zoom_columns = 0.9};
  both.crop = {.top = 0.3, .left = 0.35, .height = 0.3, .width = 0.4};
  const AffineMatrix affine = affine_matrix(kSize, both.affine);
  const std::vector<float> out = cropped_to(ramp(kSize), both, options);
  for (int y = 0; y < kSize.height; y += 7) {
    for (int x = 0; x < kSize.width; x += 7) {
      const double row = place(60, 60, y, 200), column = place(70, 80, x, 200);
      for (size_t axis = 0; axis < 2; ++axis) {
        const double expected = affine[axis][0] * row + affine[axis][1] * column + affine[axis][2];
        const size_t at = static_cast<size_t>(y * kSize.width + x) * 3 + axis;
        EXPECT_NEAR(out[at] / kRescale, expected, 1e-3) << y << ", " << x;
      }
    }
  }
}

TEST(Crop, OfALargerPictureShowsThatPicturesPixels) {
  expect_what_lies_under_the_pixels({240, 200}, {60, 90});
}

TEST(Crop, NoneOfALargerPictureShowsTheWholeOfIt) {
  const Picture picture = make_noise(90, 60);
  const std::vector<float> out = cropped_to(picture, {}, {}, {30, 20});
  for (int y = 0; y < 30; ++y) {
    for (int x = 0; x < 20; ++x) {
      const auto& pixel = picture.at<cv::Vec3b>(3 * y + 1, 3 * x + 1);
      for (int c = 0; c < 3; ++c) {
        EXPECT_EQ(out[static_cast<size_t>(y * 20 + x) * 3 + static_cast<size_t>(c)],
                  pixel[c] * kRescale);
      }
    }
  }
}

TEST(Crop, DoublesThePixelsOfTheMiddleHalf) {
  const Picture picture = make_noise(40, 60);
  Transformation half;
  half.crop = {.top = 0.25, .left = 0.25, .height = 0.5, .width = 0.5};
  const std::vector<float> out = cropped_to(picture, half, {});
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x < 60; ++x) {
      const auto& pixel = picture.at<cv::Vec3b>(10 + y / 2, 15 + x / 2);
      for (int c = 0; c < 3; ++c) {
        EXPECT_EQ(out[static_cast<size_t>(y * 60 + x) * 3 + static_cast<size_t>(c)],
                  pixel[c] * kRescale);
      }
    }
  }
}

// A shift by whole pixels loses nothing, so that one sampling gives what two would: also beyond the
// picture's edges, which the crop may show. (The other fill modes begin in the middle of the
// outermost pixels, those of the shifted picture when it is sampled again.)
TEST(Crop, IsSampledOnceAndKeepsTheFillMode) {
  const Picture picture = make_noise(40, 40);
  for (const FillMode mode : {FillMode::nearest, FillMode::reflect}) {
    AugmentOptions options;
    options.fill_mode = mode;
    Transformation shift, crop;
    shift.affine = {.shift_rows_px = 9, .shift_columns_px = -14};
    crop.crop = {.top = 0.4, .left = 0.05, .height = 0.6, .width = 0.7};
    const std::vector<float> once = cropped_to(picture, shift, options);
    Picture shifted(40, 40, CV_8UC3);
    for (size_t i = 0; i < once.size(); ++i) {
      shifted.data[i] = static_cast<uint8_t>(std::lround(once[i] / kRescale));
    }
    Transformation both = shift;
    both.crop = crop.crop;
    EXPECT_EQ(cropped_to(picture, both, options), cropped_to(shifted, crop, options));
    EXPECT_NE(cropped_to(picture, both, options), cropped_to(picture, crop, options));
  }
}

}  // namespace
}  // namespace catdog
