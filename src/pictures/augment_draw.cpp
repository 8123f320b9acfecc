// SPDX-License-Identifier: Apache-2.0
// The random numbers of augmentation.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "catdog/pictures/augment.hpp"

namespace catdog {
namespace {

// Rng::branch of what came after Keras's options: so each leaves the draws of all others alone.
enum Branch : uint32_t { kAffineBranch = 1, kCropBranch, kColourBranch, kPolicyBranch };

// Random erasing, as torchvision draws it: the share of the picture's area, the ratio of height to
// width (evenly in its logarithm), and how often it is tried to find one that fits.
constexpr double kErasedArea[] = {0.02, 0.33};
constexpr double kErasedAspect[] = {0.3, 3.3};
constexpr int kErasingAttempts = 10;

cv::Rect draw_erased(Size size, Rng& rng) {
  for (int attempt = 0; attempt < kErasingAttempts; ++attempt) {
    const double area = rng.uniform(kErasedArea[0], kErasedArea[1]) * size.height * size.width;
    const double aspect =
        std::exp(rng.uniform(std::log(kErasedAspect[0]), std::log(kErasedAspect[1])));
    const auto height = static_cast<int>(std::lround(std::sqrt(area * aspect)));
    const auto width = static_cast<int>(std::lround(std::sqrt(area / aspect)));
    if (height < 1 || width < 1 || height >= size.height || width >= size.width) continue;
    const auto top = static_cast<int>(rng.below(static_cast<uint64_t>(size.height - height) + 1));
    const auto left = static_cast<int>(rng.below(static_cast<uint64_t>(size.width - width) + 1));
    return {left, top, width, height};
  }
  return {};
}

// What draws from branches.
void draw_beyond_keras(const AugmentOptions& options, Size size, const Rng& rng,
                       Transformation& drawn) {
  if (rng.branch(kAffineBranch).uniform() >= options.affine_probability) drawn.affine = Affine{};
  if (options.crop_area != std::array<double, 2>{1, 1}) {
    drawn.crop = draw_crop(options.crop_area, options.crop_aspect, size, rng.branch(kCropBranch));
  }
  Rng colours = rng.branch(kColourBranch);
  drawn.contrast = colours.uniform(options.contrast_range[0], options.contrast_range[1]);
  drawn.saturation = colours.uniform(options.saturation_range[0], options.saturation_range[1]);
  drawn.hue_deg = colours.uniform(-options.hue_range, options.hue_range);
  drawn.grey = colours.uniform() < options.grayscale_probability;
  drawn.policy = draw_policy(options.rand_augment_ops, options.rand_augment_magnitude,
                             rng.branch(kPolicyBranch));
}

}  // namespace

Transformation draw_transformation(const AugmentOptions& options, Size size, Rng rng) {
  const auto to_either_side = [&rng](double range) { return rng.uniform(-range, range); };
  const auto from_pair = [&rng](const auto& range) { return rng.uniform(range[0], range[1]); };
  const double shear_unit_rad =
      options.shear_unit == ShearUnit::degrees ? std::numbers::pi / 180 : 1;

  Transformation drawn;
  drawn.affine.rotation_deg = to_either_side(options.rotation_range);
  drawn.affine.shift_rows_px = to_either_side(options.height_shift_range) * size.height;
  drawn.affine.shift_columns_px = to_either_side(options.width_shift_range) * size.width;
  drawn.affine.shear_rad = to_either_side(options.shear_range) * shear_unit_rad;
  drawn.affine.zoom_rows = from_pair(options.zoom_range);
  drawn.affine.zoom_columns = from_pair(options.zoom_range);
  drawn.flip_horizontally = (rng.uniform() < 0.5) && options.horizontal_flip;
  drawn.flip_vertically = (rng.uniform() < 0.5) && options.vertical_flip;
  for (double& shift : drawn.channel_shifts) shift = to_either_side(options.channel_shift_range);
  drawn.brightness = from_pair(options.brightness_range);
  // The last of this branch, because their number varies.
  if (rng.uniform() < options.erasing_probability) {
    drawn.erased_seed = rng.next_u64();
    drawn.erased = draw_erased(size, rng);
  }
  draw_beyond_keras(options, size, rng, drawn);
  return drawn;
}

std::vector<uint8_t> erasing_noise(const Transformation& transformation) {
  const size_t row_length = static_cast<size_t>(transformation.erased.width) * 3;
  std::vector<uint8_t> noise(static_cast<size_t>(transformation.erased.height) * row_length);
  Rng rng(transformation.erased_seed, Stream::augment);
  uint32_t random = 0;
  for (size_t i = 0; i < noise.size(); ++i, random >>= 8) {
    if (i % row_length % 4 == 0) random = rng.next_u32();
    noise[i] = static_cast<uint8_t>(random);
  }
  return noise;
}

}  // namespace catdog
