// SPDX-License-Identifier: Apache-2.0
#include "catdog/report/contact_sheet.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/mutable_stderr.hpp"

namespace catdog {
namespace {

constexpr int kGap = 8;           // px between cells
constexpr int kLabelHeight = 18;  // px below each picture
constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;
constexpr double kFontScale = 0.4;

int text_width(const std::string& text) {
  int baseline = 0;
  return cv::getTextSize(text, kFont, kFontScale, 1, &baseline).width;
}

// What OpenCV's font can draw of `text`, cut to a width.
std::string fit(const std::string& text, int width_px) {
  std::string fitted;
  for (const char c : text) fitted += c >= ' ' && c <= '~' ? c : '?';
  while (!fitted.empty() && text_width(fitted) > width_px) fitted.pop_back();
  return fitted;
}

}  // namespace

Picture contact_sheet(const std::vector<LabelledPicture>& pictures, int columns) {
  int width = 0, height = 0;
  for (const auto& [picture, label] : pictures) {
    width = std::max(width, picture.cols);
    height = std::max(height, picture.rows);
  }
  const int count = static_cast<int>(pictures.size());
  columns = std::min(columns, count);
  const int rows = (count + columns - 1) / columns;
  const int step_x = width + kGap, step_y = height + kLabelHeight + kGap;
  Picture sheet(rows * step_y + kGap, columns * step_x + kGap, CV_8UC3, cv::Scalar::all(255));
  for (int i = 0; i < count; ++i) {
    const auto& [picture, label] = pictures[static_cast<size_t>(i)];
    const cv::Point corner(kGap + i % columns * step_x, kGap + i / columns * step_y);
    picture.copyTo(sheet(cv::Rect(corner, picture.size())));
    cv::putText(sheet, fit(label, width), corner + cv::Point(0, height + kLabelHeight - 5), kFont,
                kFontScale, cv::Scalar::all(40), 1, cv::LINE_AA);
  }
  return sheet;
}

Picture picture_from_floats(const float* values, Size size) {
  Picture picture(size.height, size.width, CV_8UC3);
  const size_t count = picture.total() * 3;
  for (size_t i = 0; i < count; ++i) {
    picture.data[i] = static_cast<uint8_t>(std::lround(std::clamp(values[i], 0.f, 1.f) * 255));
  }
  return picture;
}

void write_picture(const fs::path& path, const Picture& picture) {
  cv::Mat bgr;
  cv::cvtColor(picture, bgr, cv::COLOR_RGB2BGR);
  std::vector<uint8_t> bytes;
  const std::string ending = path.has_extension() ? path.extension().string() : ".png";
  if (ending != ".png" && ending != ".jpg") {
    throw ConfigError(shown(path) + ": pictures are written as .png or .jpg");
  }
  bool encoded = false;
  const MutedStderr muted;
  try {
    encoded = cv::imencode(ending, bgr, bytes);
  } catch (const cv::Exception&) {  // as the next line says
  }
  if (!encoded) throw Error(shown(path) + ": a sheet of this size cannot be written");
  write_file_atomically(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace catdog
