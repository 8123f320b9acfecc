// SPDX-License-Identifier: Apache-2.0
#include "catdog/report/heat_map.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace catdog {

Picture with_heat_map(const Picture& picture, const float* heat, Size size) {
  constexpr double kShare = 0.4;
  cv::Mat bytes(size.height, size.width, CV_8UC1);
  for (size_t i = 0; i < bytes.total(); ++i) {
    bytes.data[i] =
        static_cast<uint8_t>(heat[i] > 0 ? std::lround(std::min(heat[i], 1.f) * 255) : 0);
  }
  cv::resize(bytes, bytes, picture.size(), 0, 0, cv::INTER_LINEAR);
  cv::Mat colours;
  cv::applyColorMap(bytes, colours, cv::COLORMAP_JET);
  cv::cvtColor(colours, colours, cv::COLOR_BGR2RGB);
  Picture overlaid;
  cv::addWeighted(picture, 1 - kShare, colours, kShare, 0, overlaid);
  return overlaid;
}

}  // namespace catdog
