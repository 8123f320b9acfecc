// SPDX-License-Identifier: Apache-2.0
#include "catdog/pictures/resize.hpp"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <vector>

namespace catdog {
namespace {

Picture resize_nearest(const Picture& picture, Size size) {
  const std::vector<int> columns = nearest_indices(picture.cols, size.width);
  const std::vector<int> rows = nearest_indices(picture.rows, size.height);
  Picture resized(size.height, size.width, CV_8UC3);
  for (int row = 0; row < size.height; ++row) {
    const auto* from = picture.ptr<cv::Vec3b>(rows[static_cast<size_t>(row)]);
    auto* to = resized.ptr<cv::Vec3b>(row);
    for (const int column : columns) *to++ = from[column];
  }
  return resized;
}

}  // namespace

// Pillow adds up the step instead of multiplying, and the rounding errors of that sum decide where
// two places are equally near: Keras's pixels depend on it. Pillow 4.2.1, libImaging/Geometry.c,
// ImagingScaleAffine.
std::vector<int> nearest_indices(int in, int out) {
  const double step = static_cast<double>(in) / out;
  std::vector<int> indices;
  indices.reserve(static_cast<size_t>(out));
  double place = 0.5 * step;
  for (int i = 0; i < out; ++i, place += step) {
    indices.push_back(std::min(static_cast<int>(place), in - 1));
  }
  return indices;
}

Picture resize_picture(const Picture& picture, Size size, Resampling resampling) {
  CV_Assert(picture.type() == CV_8UC3 && !picture.empty() && size.height > 0 && size.width > 0);
  if (Size{picture.rows, picture.cols} == size) return picture;
  if (resampling == Resampling::nearest) return resize_nearest(picture, size);
  Picture resized;
  const int method = resampling == Resampling::area ? cv::INTER_AREA : cv::INTER_LINEAR;
  cv::resize(picture, resized, {size.width, size.height}, /*fx=*/0, /*fy=*/0, method);
  return resized;
}

}  // namespace catdog
