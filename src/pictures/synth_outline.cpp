// SPDX-License-Identifier: Apache-2.0
// Outlines of the drawn animals: curves, strips, tufts of hair, and their place in the scene.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "synth_canvas.hpp"

namespace catdog::synth {
namespace {

Point between(const Point& a, const Point& b, const Point& c, const Point& d, double t) {
  const double t2 = t * t, t3 = t2 * t;
  return 0.5 *
         (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t2 + (3 * b - a - 3 * c + d) * t3);
}

// The unit vector at a right angle to the way from a to b; clockwise on the screen's axes.
Point across(const Point& a, const Point& b) {
  const Point way = b - a;
  const double length = std::max(std::hypot(way.x, way.y), 1e-9);
  return {-way.y / length, way.x / length};
}

double signed_area(const Outline& outline) {
  double sum = 0;
  for (size_t i = 0; i < outline.size(); ++i) {
    sum += outline[i].cross(outline[(i + 1) % outline.size()]);
  }
  return sum / 2;
}

}  // namespace

double luminance(const Colour& colour) {
  return 0.299 * colour.red + 0.587 * colour.green + 0.114 * colour.blue;
}

Colour mix(const Colour& a, const Colour& b, double share_of_b) {
  Colour mixed{};
  for (int c = 0; c < 3; ++c) mixed[c] = a[c] + (b[c] - a[c]) * share_of_b;
  return mixed;
}

Outline smooth(const Outline& controls, int steps) {
  Outline curve;
  const size_t n = controls.size();
  for (size_t i = 0; i < n; ++i) {
    for (int step = 0; step < steps; ++step) {
      curve.push_back(between(controls[(i + n - 1) % n], controls[i], controls[(i + 1) % n],
                              controls[(i + 2) % n], static_cast<double>(step) / steps));
    }
  }
  return curve;
}

Outline smooth_path(const Outline& controls, int steps) {
  Outline curve;
  const size_t n = controls.size();
  for (size_t i = 0; i + 1 < n; ++i) {
    for (int step = 0; step < steps; ++step) {
      curve.push_back(between(controls[i == 0 ? 0 : i - 1], controls[i], controls[i + 1],
                              controls[std::min(i + 2, n - 1)], static_cast<double>(step) / steps));
    }
  }
  curve.push_back(controls.back());
  return curve;
}

Outline ellipse(Point centre, double radius_x, double radius_y, double angle_rad) {
  constexpr int kCorners = 28;
  const double c = std::cos(angle_rad), s = std::sin(angle_rad);
  Outline outline;
  for (int i = 0; i < kCorners; ++i) {
    const double angle = 2 * std::numbers::pi * i / kCorners;
    const double x = radius_x * std::cos(angle), y = radius_y * std::sin(angle);
    outline.emplace_back(centre.x + c * x - s * y, centre.y + s * x + c * y);
  }
  return outline;
}

Outline box(Point low, Point high) { return {low, {high.x, low.y}, high, {low.x, high.y}}; }

Outline strip(const Outline& path, double width_start, double width_end) {
  Outline left, right;
  const size_t last = path.size() - 1;
  for (size_t i = 0; i <= last; ++i) {
    const Point normal = across(path[i == 0 ? 0 : i - 1], path[std::min(i + 1, last)]);
    const double share = static_cast<double>(i) / static_cast<double>(last);
    const double half = (width_start + (width_end - width_start) * share) / 2;
    left.push_back(path[i] + normal * half);
    right.push_back(path[i] - normal * half);
  }
  left.insert(left.end(), right.rbegin(), right.rend());
  return left;
}

Outline moved(Outline outline, Point by) {
  for (Point& point : outline) point += by;
  return outline;
}

Outline mirrored(Outline outline) {
  for (Point& point : outline) point.x = -point.x;
  return outline;
}

Outline grown(const Outline& outline, double by) {
  const double side = signed_area(outline) > 0 ? -by : by;
  const size_t n = outline.size();
  Outline larger(n);
  for (size_t i = 0; i < n; ++i) {
    larger[i] = outline[i] + across(outline[(i + n - 1) % n], outline[(i + 1) % n]) * side;
  }
  return larger;
}

Outline tufted(const Outline& outline, double height, Rng& rng) {
  const double side = signed_area(outline) > 0 ? -1 : 1;
  const size_t n = outline.size();
  Outline hairy;
  for (size_t i = 0; i < n; ++i) {
    const Point& here = outline[i];
    const Point& next = outline[(i + 1) % n];
    const Point out = across(here, next) * side;
    hairy.push_back(here);
    const double where = rng.uniform(0.35, 0.8);
    hairy.push_back(here + (next - here) * where + out * (height * rng.uniform(0.2, 1)));
  }
  return hairy;
}

Outline lump(Point centre, double radius, Rng& rng) {
  constexpr int kCorners = 9;
  Outline controls;
  for (int i = 0; i < kCorners; ++i) {
    const double angle = 2 * std::numbers::pi * i / kCorners;
    const double reach = radius * rng.uniform(0.65, 1.2);
    controls.emplace_back(centre.x + reach * std::cos(angle), centre.y + reach * std::sin(angle));
  }
  return smooth(controls, 4);
}

Point Frame::at(Point local) const {
  const double x = mirrored ? -local.x : local.x;
  const double c = std::cos(angle_rad), s = std::sin(angle_rad);
  return {origin.x + scale * (c * x - s * local.y), origin.y + scale * (s * x + c * local.y)};
}

Outline Frame::at(const Outline& local) const {
  const double c = scale * std::cos(angle_rad), s = scale * std::sin(angle_rad);
  Outline placed;
  placed.reserve(local.size());
  for (const Point& point : local) {
    const double x = mirrored ? -point.x : point.x;
    placed.emplace_back(origin.x + c * x - s * point.y, origin.y + s * x + c * point.y);
  }
  return placed;
}

}  // namespace catdog::synth
