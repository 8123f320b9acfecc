// SPDX-License-Identifier: Apache-2.0
// Augmentation in tensor operations gives what transform() gives, on the CPU and on a GPU where
// there is one.
#include "catdog/data/device_transform.hpp"

#include <tuple>

#include "warp_golden.hpp"

namespace catdog {
namespace {

using test::kFillModes;
using test::make_noise;

constexpr int kPictures = 5;

std::vector<torch::Device> devices() {
  std::vector<torch::Device> result = {torch::kCPU};
  if (torch::cuda::is_available()) result.emplace_back(torch::kCUDA);
  return result;
}

// Neighbouring pixels of noise differ by 85 bytes on average: a wrong one is seen.
std::vector<Picture> noise_pictures(int side) {
  std::vector<Picture> pictures;
  for (int i = 0; i < kPictures; ++i) pictures.push_back(make_noise(side, side, 1 + i));
  return pictures;
}

torch::Tensor as_tensor(const std::vector<Picture>& pictures) {
  std::vector<torch::Tensor> tensors;
  for (const Picture& p : pictures) {
    tensors.push_back(torch::from_blob(p.data, {p.rows, p.cols, 3}, torch::kByte).clone());
  }
  return torch::stack(tensors);
}

// The largest difference between transform() and its counterpart, over `transformations`, each of
// another picture than the one before; pictures of `in_side` px become such of `side`.
double largest_difference(const std::vector<Transformation>& transformations,
                          const AugmentOptions& options, int in_side, int side) {
  const std::vector<Picture> pictures = noise_pictures(in_side);
  std::vector<int64_t> indices;
  std::vector<torch::Tensor> expected;
  for (size_t i = 0; i < transformations.size(); ++i) {
    indices.push_back(static_cast<int64_t>((i * 3 + 1) % kPictures));
    torch::Tensor out = torch::empty({side, side, 3});
    transform(pictures[indices[i]], transformations[i], options, {side, side},
              out.mutable_data_ptr<float>());
    expected.push_back(out.permute({2, 0, 1}));
  }
  double largest = 0;
  for (const torch::Device device : devices()) {
    const torch::Tensor actual =
        transform_on_device(as_tensor(pictures).to(device), torch::tensor(indices).to(device),
                            transformations, options, side);
    EXPECT_EQ(actual.device().type(), device.type());
    EXPECT_EQ(actual.dtype(), torch::kFloat);
    EXPECT_TRUE(actual.is_contiguous(torch::MemoryFormat::ChannelsLast));
    const torch::Tensor difference = (actual.to(torch::kCPU) - torch::stack(expected)).abs();
    largest = std::max(largest, difference.max().item<double>());
  }
  return largest;
}

double largest_difference(const std::vector<Transformation>& transformations,
                          const AugmentOptions& options, int side) {
  return largest_difference(transformations, options, side, side);
}

std::vector<Transformation> draw(const AugmentOptions& options, int side, int count) {
  std::vector<Transformation> drawn;
  for (int i = 0; i < count; ++i) {
    const Rng rng(17, Stream::augment, 0, static_cast<uint32_t>(i));
    drawn.push_back(draw_transformation(options, {side, side}, rng));
  }
  return drawn;
}

// Far beyond the book's ranges, so that places lie several pictures away.
AugmentOptions wild_movements() {
  AugmentOptions options;
  options.rotation_range = 180;
  options.width_shift_range = options.height_shift_range = 0.9;
  options.shear_range = 1.4;
  options.zoom_range = {0.1, 5};
  options.horizontal_flip = options.vertical_flip = true;
  options.cval = 77.7;
  return options;
}

// Fill mode, interpolation, side.
class Movement : public testing::TestWithParam<std::tuple<FillMode, Interpolation, int>> {};

TEST_P(Movement, IsThatOfTransform) {
  const auto [fill_mode, interpolation, side] = GetParam();
  AugmentOptions options = wild_movements();
  options.fill_mode = fill_mode;
  options.interpolation = interpolation;
  const double difference = largest_difference(draw(options, side, 100), options, side);
  if (interpolation == Interpolation::nearest) {
    EXPECT_EQ(difference, 0);
  } else {
    EXPECT_LT(difference, 1e-6);
  }
}

TEST_P(Movement, ChoosesTheSamePixelWherePlacesLieMidwayBetweenTwo) {
  const auto [fill_mode, interpolation, side] = GetParam();
  AugmentOptions options;
  options.fill_mode = fill_mode;
  options.interpolation = interpolation;
  std::vector<Transformation> transformations;
  for (const double rotation_deg : {0.0, 30.0, 45.0, 90.0, -90.0, 180.0}) {
    for (const double shift_px : {0.0, 0.5, -0.5, 2.5}) {
      for (const double zoom : {0.5, 1.0, 1.5, 2.0}) {
        Transformation transformation;
        transformation.affine = {rotation_deg, shift_px, -shift_px, 0, zoom, 1};
        transformations.push_back(transformation);
      }
    }
  }
  EXPECT_LT(largest_difference(transformations, options, side), 1e-6);
}

INSTANTIATE_TEST_SUITE_P(All, Movement,
                         testing::Combine(testing::ValuesIn(kFillModes),
                                          testing::Values(Interpolation::nearest,
                                                          Interpolation::bilinear),
                                          testing::Values(1, 2, 9, 33)));

TEST(DeviceTransform, ResizesAsTransformDoes) {
  AugmentOptions options = wild_movements();
  options.crop_area = {0.3, 1};
  for (const FillMode mode : kFillModes) {
    options.fill_mode = mode;
    for (const auto& [in_side, side] : {std::pair(40, 17), std::pair(13, 30)}) {
      EXPECT_EQ(largest_difference(draw(options, side, 60), options, in_side, side), 0);
      const std::vector<Transformation> nothing(kPictures);
      EXPECT_EQ(largest_difference(nothing, options, in_side, side), 0);
    }
  }
  options.interpolation = Interpolation::bilinear;
  EXPECT_LT(largest_difference(draw(options, 17, 60), options, 40, 17), 1e-6);
}

TEST(DeviceTransform, MakesTheBooksVariationsToTheByte) {
  AugmentOptions options;
  options.rotation_range = 40;
  options.width_shift_range = options.height_shift_range = options.shear_range = 0.2;
  options.zoom_range = {0.8, 1.2};
  options.horizontal_flip = true;
  EXPECT_EQ(largest_difference(draw(options, 150, 32), options, 150), 0);
}

TEST(DeviceTransform, ColoursAndErasesAsTransformDoes) {
  constexpr int kSide = 24;
  AugmentOptions options;
  options.erasing_probability = 0.5;
  const auto expect_equal = [&] {
    EXPECT_LT(largest_difference(draw(options, kSide, 60), options, kSide), 1e-6);
  };
  expect_equal();
  options.channel_shift_range = 120;
  expect_equal();
  options.brightness_range = {0.2, 3};
  expect_equal();
  AugmentOptions all = wild_movements();
  all.erasing_probability = options.erasing_probability;
  all.channel_shift_range = options.channel_shift_range;
  all.brightness_range = options.brightness_range;
  options = all;
  expect_equal();
}

// Each alone, then all together.
TEST(DeviceTransform, DoesWhatKerasHasNotAsTransformDoes) {
  constexpr int kSide = 24;
  AugmentOptions all = wild_movements();
  const auto expect_equal = [](const AugmentOptions& options, double tolerance) {
    EXPECT_LT(largest_difference(draw(options, kSide, 60), options, kSide), tolerance);
  };
  const auto one = [&](const auto& set, double tolerance) {
    AugmentOptions alone;
    set(alone);
    set(all);
    expect_equal(alone, tolerance);
  };
  one([](AugmentOptions& o) { o.affine_probability = 0.5; }, 1e-12);
  one([](AugmentOptions& o) { o.crop_area = {0.08, 1}; }, 1e-12);
  one([](AugmentOptions& o) { o.contrast_range = {0, 3}; }, 2e-6);
  one([](AugmentOptions& o) { o.saturation_range = {0, 3}; }, 2e-6);
  one([](AugmentOptions& o) { o.hue_range = 180; }, 2e-6);
  one([](AugmentOptions& o) { o.grayscale_probability = 0.5; }, 2e-6);
  all.brightness_range = {0.5, 1.5};
  all.erasing_probability = 0.5;
  expect_equal(all, 1e-4);
  all.interpolation = Interpolation::bilinear;
  all.fill_mode = FillMode::reflect;
  expect_equal(all, 1e-4);
}

// That the tests above can fail: transformations of a batch differ, and are not mixed up.
TEST(DeviceTransform, TheDrawsOfABatchDiffer) {
  const AugmentOptions options = wild_movements();
  const torch::Tensor pictures = as_tensor(noise_pictures(16));
  const torch::Tensor same = torch::zeros({2}, torch::kLong);
  const torch::Tensor both = transform_on_device(pictures, same, draw(options, 16, 2), options, 16);
  EXPECT_GT((both[0] - both[1]).abs().max().item<double>(), 0.5);
}

TEST(DeviceTransform, LeavesAPictureAloneWhereNothingWasDrawn) {
  const std::vector<Transformation> nothing(kPictures);
  EXPECT_EQ(largest_difference(nothing, AugmentOptions(), 16), 0);
}

}  // namespace
}  // namespace catdog
