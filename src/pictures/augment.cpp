// SPDX-License-Identifier: Apache-2.0
#include "catdog/pictures/augment.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace catdog {
namespace {

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

void copy_bytes(const Picture& picture, float* out) {
  const size_t row_length = static_cast<size_t>(picture.cols) * 3;
  for (int row = 0; row < picture.rows; ++row, out += row_length) {
    const auto* in = picture.ptr<uint8_t>(row);
    for (size_t i = 0; i < row_length; ++i) out[i] = static_cast<float>(in[i]);
  }
}

// The output while it is worked on: H·W·3 floats from 0 to 255.
struct Canvas {
  Size size;
  float* begin;

  size_t count() const { return static_cast<size_t>(size.height) * row_length(); }
  size_t row_length() const { return static_cast<size_t>(size.width) * 3; }
  float* row(int y) const { return begin + static_cast<size_t>(y) * row_length(); }
};

void flip_horizontally(const Canvas& canvas) {
  for (int y = 0; y < canvas.size.height; ++y) {
    auto* row = reinterpret_cast<std::array<float, 3>*>(canvas.row(y));
    std::reverse(row, row + canvas.size.width);
  }
}

void flip_vertically(const Canvas& canvas) {
  for (int y = 0; y < canvas.size.height / 2; ++y) {
    float* const row = canvas.row(y);
    std::swap_ranges(row, row + canvas.row_length(), canvas.row(canvas.size.height - 1 - y));
  }
}

// Clipped to the darkest and brightest number that the picture had before.
void shift_channels(const Canvas& canvas, const std::array<double, 3>& shifts) {
  float low = canvas.begin[0], high = canvas.begin[0];
  for (size_t i = 0; i < canvas.count(); ++i) {
    low = std::min(low, canvas.begin[i]);
    high = std::max(high, canvas.begin[i]);
  }
  for (size_t i = 0; i < canvas.count(); i += 3) {
    for (size_t c = 0; c < 3; ++c) {
      float& x = canvas.begin[i + c];
      x = std::clamp(x + static_cast<float>(shifts[c]), low, high);
    }
  }
}

void brighten(const Canvas& canvas, float factor) {
  for (size_t i = 0; i < canvas.count(); ++i) {
    canvas.begin[i] = std::min(canvas.begin[i] * factor, 255.0f);
  }
}

void erase(const Canvas& canvas, const Transformation& transformation) {
  const cv::Rect& erased = transformation.erased;
  const std::vector<uint8_t> noise = erasing_noise(transformation);
  const auto row_length = static_cast<ptrdiff_t>(erased.width) * 3;
  for (int y = 0; y < erased.height; ++y) {
    const auto row = noise.begin() + y * row_length;
    std::copy(row, row + row_length,
              canvas.row(erased.y + y) + 3 * static_cast<ptrdiff_t>(erased.x));
  }
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
}

void apply_preset(AugmentOptions& options, Preset preset) {
  const bool is_book = preset == Preset::keras_2_0_8;
  options.preset = preset;
  options.shear_unit = is_book ? ShearUnit::radians : ShearUnit::degrees;
  options.interpolation = is_book ? Interpolation::nearest : Interpolation::bilinear;
}

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
  // The last, because their number varies.
  if (rng.uniform() < options.erasing_probability) {
    drawn.erased_seed = rng.next_u64();
    drawn.erased = draw_erased(size, rng);
  }
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

void transform(const Picture& picture, const Transformation& transformation,
               const AugmentOptions& options, float* out) {
  CV_Assert(picture.type() == CV_8UC3 && !picture.empty());
  const Canvas canvas = {{picture.rows, picture.cols}, out};
  if (transformation.affine == Affine{}) {
    copy_bytes(picture, out);
  } else {
    warp(picture, affine_matrix(canvas.size, transformation.affine),
         {options.fill_mode, options.interpolation, options.cval}, out);
  }
  if (transformation.flip_horizontally) flip_horizontally(canvas);
  if (transformation.flip_vertically) flip_vertically(canvas);
  if (transformation.channel_shifts != std::array<double, 3>{}) {
    shift_channels(canvas, transformation.channel_shifts);
  }
  if (transformation.brightness != 1) {
    brighten(canvas, static_cast<float>(transformation.brightness));
  }
  if (!transformation.erased.empty()) erase(canvas, transformation);
  for (size_t i = 0; i < canvas.count(); ++i) out[i] *= kRescale;
}

}  // namespace catdog
