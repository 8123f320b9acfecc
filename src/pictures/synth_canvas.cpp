// SPDX-License-Identifier: Apache-2.0
// The drawing board itself: every shape becomes a mask with soft rims, then colour is blended in.
#include "synth_canvas.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <utility>

namespace catdog::synth {
namespace {

constexpr int kShift = 4;       // sixteenths of a pixel
constexpr int kTileSide = 256;  // the hairs repeat after kTileSpan of the picture's width
constexpr double kTileSpan = 0.45;

uint8_t to_byte(double value) { return static_cast<uint8_t>(std::clamp(value, 0.0, 255.0) + 0.5); }

std::array<int, 3> bytes_of(const Colour& colour) {
  return {to_byte(colour.red), to_byte(colour.green), to_byte(colour.blue)};
}

// Short upright hairs with a mean of 128; the same for every picture, and without a seam.
cv::Mat draw_hairs() {
  Rng rng(0, Stream::synth, 99);
  cv::Mat noise(kTileSide, kTileSide, CV_8UC1);
  for (int y = 0; y < kTileSide; ++y) {
    for (int x = 0; x < kTileSide; ++x) {
      noise.at<uint8_t>(y, x) = static_cast<uint8_t>(rng.next_u32() >> 24);
    }
  }
  cv::Mat around, blurred;
  cv::copyMakeBorder(noise, around, 16, 16, 16, 16, cv::BORDER_WRAP);
  cv::blur(around, blurred, {2, 9});
  cv::Mat hairs = blurred({16, 16, kTileSide, kTileSide}).clone();
  hairs.convertTo(hairs, CV_8U, /*alpha=*/3, /*beta=*/-2 * 128);
  return hairs;
}

const cv::Mat& hairs_tile() {
  static const cv::Mat tile = draw_hairs();
  return tile;
}

}  // namespace

Canvas::Canvas(int side_px)
    : pixels_(side_px, side_px, CV_8UC3, cv::Scalar::all(0)),
      mask_(side_px, side_px, CV_8UC1, cv::Scalar(0)),
      clip_(side_px, side_px, CV_8UC1, cv::Scalar(0)) {
  const int span = std::max(1, static_cast<int>(std::lround(kTileSpan * side_px)));
  cv::Mat tile;
  cv::resize(hairs_tile(), tile, {span, span}, 0, 0, cv::INTER_LINEAR);
  const int times = (side_px + span - 1) / span;
  hairs_ = cv::repeat(tile, times, times);
}

void Canvas::clear(const Colour& colour) {
  pixels_.setTo(cv::Scalar(to_byte(colour[0]), to_byte(colour[1]), to_byte(colour[2])));
}

// Draws the outline into the mask; the rectangle outside of which the mask does not count.
cv::Rect Canvas::cover(cv::Mat& mask, const Outline& outline) const {
  const double side = side_px();
  std::vector<cv::Point> corners;
  corners.reserve(outline.size());
  cv::Point low(side_px(), side_px()), high(0, 0);
  for (const Point& point : outline) {
    const double x = std::clamp(point.x, -4.0, 5.0) * side - 0.5;
    const double y = std::clamp(point.y, -4.0, 5.0) * side - 0.5;
    corners.emplace_back(static_cast<int>(std::lround(x * (1 << kShift))),
                         static_cast<int>(std::lround(y * (1 << kShift))));
    low = {std::min(low.x, static_cast<int>(x) - 3), std::min(low.y, static_cast<int>(y) - 3)};
    high = {std::max(high.x, static_cast<int>(x) + 4), std::max(high.y, static_cast<int>(y) + 4)};
  }
  const cv::Rect area = cv::Rect(low, high) & cv::Rect(0, 0, side_px(), side_px());
  if (area.empty()) return {};
  mask(area).setTo(0);
  cv::fillPoly(mask, std::vector<std::vector<cv::Point>>{std::move(corners)}, cv::Scalar(255),
               cv::LINE_AA, kShift);
  return area;
}

template <class Shader>
void Canvas::blend(const cv::Rect& area, double alpha, const Shader& shader) {
  const unsigned opacity = to_byte(255 * alpha);
  for (int y = area.y; y < area.y + area.height; ++y) {
    uint8_t* pixel = pixels_.ptr<uint8_t>(y) + 3 * area.x;
    const uint8_t* mask = mask_.ptr<uint8_t>(y);
    const uint8_t* clip = clip_.ptr<uint8_t>(y);
    for (int x = area.x; x < area.x + area.width; ++x, pixel += 3) {
      unsigned share = mask[x];
      if (share == 0) continue;
      if (clipped_) share = share * clip[x] / 255;
      const std::array<int, 3> colour = shader(x, y);
      if (share * opacity == 255 * 255) {
        for (int c = 0; c < 3; ++c) pixel[c] = static_cast<uint8_t>(colour[c]);
        continue;
      }
      const int weight = static_cast<int>(share * opacity * 258 >> 8);  // 65536 would be all
      for (int c = 0; c < 3; ++c) {
        pixel[c] =
            static_cast<uint8_t>(pixel[c] + (((colour[c] - pixel[c]) * weight + 32768) >> 16));
      }
    }
  }
}

void Canvas::fill(const Outline& outline, const Colour& colour, double alpha) {
  const std::array<int, 3> flat = bytes_of(colour);
  blend(cover(mask_, outline), alpha, [&](int, int) { return flat; });
}

void Canvas::fill(const Outline& outline, const Gradient& gradient) {
  constexpr int kSteps = 512;
  std::array<std::array<int, 3>, kSteps> ramp;
  for (int i = 0; i < kSteps; ++i) {
    ramp[i] = bytes_of(mix(gradient.first, gradient.second, i / (kSteps - 1.0)));
  }
  const Point way = gradient.to - gradient.from;
  const double scale = kSteps / (std::max(way.dot(way), 1e-3) * side_px());
  const auto step_x = static_cast<int64_t>(65536 * scale * way.x);
  const auto step_y = static_cast<int64_t>(65536 * scale * way.y);
  const auto start = static_cast<int64_t>(65536 * scale * side_px() * gradient.from.dot(way));
  blend(cover(mask_, outline), 1, [&](int x, int y) {
    const int64_t step = (step_x * x + step_y * y - start) >> 16;
    return ramp[static_cast<size_t>(std::clamp<int64_t>(step, 0, kSteps - 1))];
  });
}

void Canvas::glow(const Frame& place, const Colour& colour, double alpha, double flatness) {
  const double side = side_px();
  const double radius = std::max(place.scale, 1e-6);
  const double reach = radius * std::max(1.0, flatness);
  const auto column = [&](double at) { return cvFloor(std::clamp(at, -1.0, 2.0) * side); };
  const cv::Rect area =
      cv::Rect(cv::Point(column(place.origin.x - reach), column(place.origin.y - reach)),
               cv::Point(column(place.origin.x + reach) + 1, column(place.origin.y + reach) + 1)) &
      cv::Rect(0, 0, side_px(), side_px());
  if (area.empty()) return;
  const auto c = static_cast<float>(std::cos(place.angle_rad) / (radius * side));
  const auto s = static_cast<float>(std::sin(place.angle_rad) / (radius * side));
  const auto stretch = static_cast<float>(1 / flatness);
  const auto origin_x = static_cast<float>(place.origin.x * side - 0.5);
  const auto origin_y = static_cast<float>(place.origin.y * side - 0.5);
  for (int y = area.y; y < area.y + area.height; ++y) {
    uint8_t* mask = mask_.ptr<uint8_t>(y);
    const float down = static_cast<float>(y) - origin_y;
    for (int x = area.x; x < area.x + area.width; ++x) {
      const float right = static_cast<float>(x) - origin_x;
      const float u = c * right + s * down, v = (c * down - s * right) * stretch;
      const float left = std::max(0.0f, 1 - u * u - v * v);
      mask[x] = static_cast<uint8_t>(static_cast<int>(255 * left * left));
    }
  }
  const std::array<int, 3> flat = bytes_of(colour);
  blend(area, alpha, [&](int, int) { return flat; });
}

void Canvas::fur(const Outline& outline, const Fur& fur, double unit) {
  const int own = static_cast<int>(std::lround(256 * fur.own_colour));
  const std::array<int, 3> colour = bytes_of(fur.colour);
  if (fur.edge > 0) {
    const cv::Rect rim = cover(mask_, grown(outline, fur.edge * unit));
    const int dark = static_cast<int>(std::lround(256 * rim_));
    blend(rim, 0.9, [&](int x, int y) {
      const uint8_t* coat = coat_.ptr<uint8_t>(y) + 3 * x;
      std::array<int, 3> result;
      for (int c = 0; c < 3; ++c)
        result[c] = (coat[c] + (colour[c] - coat[c]) * own / 256) * dark / 256;
      return result;
    });
  }
  const cv::Rect area = cover(mask_, outline);
  const double reach = std::max({area.width, area.height, 1}) / 2.0;
  const Point centre(area.x + area.width / 2.0, area.y + area.height / 2.0);
  // Fixed point from here on, 256 standing for 1: this loop sees more pixels than any other.
  const int slope_x = static_cast<int>(std::lround(65536 * light_.x / reach));
  const int slope_y = static_cast<int>(std::lround(65536 * light_.y / reach));
  const int level = static_cast<int>(std::lround(256 * fur.shade));
  const int texture = static_cast<int>(std::lround(256 * fur.texture * 0.25));
  blend(area, 1, [&](int x, int y) {
    const uint8_t* coat = coat_.ptr<uint8_t>(y) + 3 * x;
    const int hair = hairs_.ptr<uint8_t>(y)[x] - 128;
    const int slope =
        (slope_x * (x - static_cast<int>(centre.x)) + slope_y * (y - static_cast<int>(centre.y))) /
        256;
    const int bright = level + slope + hair * texture / 128;
    std::array<int, 3> result;
    for (int c = 0; c < 3; ++c) {
      const int base = coat[c] + (colour[c] - coat[c]) * own / 256;
      result[c] = std::clamp(base * bright / 256, 0, 255);
    }
    return result;
  });
}

void Canvas::grain(const Outline& outline, double strength, double zoom) {
  const int factor = static_cast<int>(std::lround(256 * strength));
  const int step = std::max(1, static_cast<int>(std::lround(256 / zoom)));
  blend(cover(mask_, outline), 1, [&](int x, int y) {
    const uint8_t* here = pixels_.ptr<uint8_t>(y) + 3 * x;
    const int row = (y * step >> 8) % hairs_.rows, column = (x * step >> 8) % hairs_.cols;
    const int bright = 256 + (hairs_.ptr<uint8_t>(row)[column] - 128) * factor / 128;
    std::array<int, 3> result;
    for (int c = 0; c < 3; ++c) result[c] = std::clamp(here[c] * bright / 256, 0, 255);
    return result;
  });
}

void Canvas::clip_to(const Outline& outline) {
  clip_.setTo(0);
  cover(clip_, outline);
  clipped_ = true;
}

void Pen::glow(Point centre, double radius, const Colour& colour, double alpha,
               double flatness) const {
  canvas_.glow(
      {.origin = frame_.at(centre), .scale = frame_.scale * radius, .angle_rad = frame_.angle_rad},
      colour, alpha, flatness);
}

}  // namespace catdog::synth
