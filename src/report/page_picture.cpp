// SPDX-License-Identifier: Apache-2.0
#include "page_picture.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "catdog/core/mutable_stderr.hpp"
#include "catdog/pictures/resize.hpp"

namespace catdog {
namespace {

Picture reduced(const Picture& picture, int longest_px) {
  const double factor = static_cast<double>(longest_px) / std::max(picture.rows, picture.cols);
  if (factor >= 1) return picture;
  const auto side = [&](int px) { return std::max(1, static_cast<int>(std::lround(px * factor))); };
  return resize_picture(picture, {side(picture.rows), side(picture.cols)}, Resampling::area);
}

}  // namespace

std::string as_jpeg(const Picture& picture, int longest_px) {
  cv::Mat bgr;
  cv::cvtColor(reduced(picture, longest_px), bgr, cv::COLOR_RGB2BGR);
  std::vector<uint8_t> bytes;
  const MutedStderr muted;
  cv::imencode(".jpg", bgr, bytes, {cv::IMWRITE_JPEG_QUALITY, 80});
  return {bytes.begin(), bytes.end()};
}

}  // namespace catdog
