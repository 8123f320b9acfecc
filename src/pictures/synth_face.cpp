// SPDX-License-Identifier: Apache-2.0
// What the faces share.
#include "synth_face.hpp"

#include <cmath>
#include <utility>

namespace catdog::synth {

Point turned(const Look& look, Point at, double depth) {
  return at + Point{0.3 * depth * look.pose.yaw, 0.14 * depth * look.pose.pitch};
}

Outline on_side(Outline right, double side) {
  return side < 0 ? mirrored(std::move(right)) : right;
}

Outline symmetric(const Outline& right_half) {
  Outline all = right_half;
  for (auto point = right_half.rbegin(); point != right_half.rend(); ++point) {
    if (point->x > 1e-6) all.emplace_back(-point->x, point->y);
  }
  return all;
}

Fur ear_fur(const Look& look, double shade) {
  return {.colour = look.coat.second,
          .own_colour = look.coat.second_ears ? 0.85 : 0.0,
          .shade = shade,
          .edge = 0.03};
}

Colour ear_inside(const Look& look) { return mix(look.coat.base, {226, 150, 146}, 0.55); }

void closed_eye(const Pen& pen, const Look& look, Point at, double width) {
  const Outline path =
      smooth_path({at + Point{-width, 0.02}, at + Point{0, 0.1}, at + Point{width, 0.02}});
  const bool dark = luminance(look.coat.base) < 90;
  pen.line(path, 0.055, 0.055, dark ? Colour{12, 10, 12} : look.ink());
}

void sparkle(const Pen& pen, const Look& look, Point at, double radius) {
  const Point to = at - look.light * (radius * 1.2 / std::hypot(look.light.x, look.light.y));
  pen.fill(ellipse(to, radius * 0.3, radius * 0.3), {255, 255, 255}, 0.95);
  pen.fill(ellipse(at + (at - to) * 0.7, radius * 0.15, radius * 0.15), {255, 255, 255}, 0.7);
}

}  // namespace catdog::synth
