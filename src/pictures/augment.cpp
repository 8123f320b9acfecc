// SPDX-License-Identifier: Apache-2.0
#include "catdog/pictures/augment.hpp"

#include <algorithm>

#include "colours.hpp"

namespace catdog {
namespace {

void copy_bytes(const Picture& picture, float* out) {
  const size_t row_length = static_cast<size_t>(picture.cols) * 3;
  for (int row = 0; row < picture.rows; ++row, out += row_length) {
    const auto* in = picture.ptr<uint8_t>(row);
    for (size_t i = 0; i < row_length; ++i) out[i] = static_cast<float>(in[i]);
  }
}

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

void change_colours(const Canvas& canvas, const Transformation& drawn) {
  if (drawn.channel_shifts != std::array<double, 3>{}) shift_channels(canvas, drawn.channel_shifts);
  if (drawn.brightness != 1) brighten(canvas, static_cast<float>(drawn.brightness));
  if (drawn.contrast != 1) change_contrast(canvas, static_cast<float>(drawn.contrast));
  if (drawn.saturation != 1) change_saturation(canvas, static_cast<float>(drawn.saturation));
  if (drawn.hue_deg != 0) turn_hues(canvas, static_cast<float>(drawn.hue_deg));
  if (drawn.grey) make_grey(canvas);
  for (const PolicyStep& step : drawn.policy) apply_step(canvas, step);
}

}  // namespace

std::optional<AffineMatrix> lookup_matrix(Size in, Size size, const Transformation& drawn) {
  std::optional<AffineMatrix> matrix;
  const auto then = [&](const AffineMatrix& next) {
    matrix = matrix ? compose(*matrix, next) : next;
  };
  if (in != size) then(resize_matrix(in, size));
  if (drawn.affine != Affine{}) then(affine_matrix(size, drawn.affine));
  if (drawn.crop != Box{}) then(crop_matrix(size, drawn.crop));
  for (const PolicyStep& step : drawn.policy) {
    if (is_movement(step.operation)) then(movement_matrix(size, step));
  }
  return matrix;
}

void transform(const Picture& picture, const Transformation& transformation,
               const AugmentOptions& options, Size size, float* out) {
  CV_Assert(picture.type() == CV_8UC3 && !picture.empty());
  const Canvas canvas = {size, out};
  if (const auto matrix = lookup_matrix({picture.rows, picture.cols}, size, transformation)) {
    warp(picture, *matrix, {options.fill_mode, options.interpolation, options.cval}, size, out);
  } else {
    copy_bytes(picture, out);
  }
  if (transformation.flip_horizontally) flip_horizontally(canvas);
  if (transformation.flip_vertically) flip_vertically(canvas);
  change_colours(canvas, transformation);
  if (!transformation.erased.empty()) erase(canvas, transformation);
  for (size_t i = 0; i < canvas.count(); ++i) out[i] *= kRescale;
}

}  // namespace catdog
