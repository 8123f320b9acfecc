// SPDX-License-Identifier: Apache-2.0
// A rabbit's head: long ears, a narrow face with round eyes at its sides, full cheeks, two teeth.
// Lengths in head radii, the head's centre at (0, 0), y down.
#include <algorithm>
#include <array>
#include <cmath>

#include "synth_face.hpp"

namespace catdog::synth {
namespace {

constexpr double kEarRoot = 0.72;  // above the head's centre

struct Ear {
  double length, width;
  double lean_rad;  // away from upright, outwards
  double fold;      // how far along it the tip hangs, 1 for none
};

// An ear upright at (0, 0), in its own lengths, bent at `fold` outwards and leant.
Outline ear_outline(const Ear& ear, double narrower, double shorter) {
  const double w = ear.width - narrower, top = ear.length - shorter;
  Outline outline{{-0.62 * w, shorter > 0 ? 0.0 : 0.25},
                  {-0.95 * w, -0.35 * top},
                  {-0.9 * w, -0.7 * top},
                  {-0.4 * w, -0.95 * top},
                  {0, -top},
                  {0.4 * w, -0.95 * top},
                  {0.95 * w, -0.7 * top},
                  {1.0 * w, -0.35 * top},
                  {0.66 * w, shorter > 0 ? 0.0 : 0.25}};
  const double bend = -ear.fold * ear.length, c = std::cos(ear.lean_rad),
               s = std::sin(ear.lean_rad);
  for (Point& point : outline) {
    if (point.y < bend) point = {point.x + 0.8 * (bend - point.y), bend - 0.25 * (bend - point.y)};
    point = {c * point.x - s * point.y, s * point.x + c * point.y};
  }
  return smooth(outline, 5);
}

void rabbit_ear(const Pen& pen, const Look& look, const Ear& ear, double side, Rng& rng) {
  const Point root{0.3 - 0.08 * look.pose.yaw * side, -kEarRoot};
  pen.fur(tufted(on_side(moved(ear_outline(ear, 0, 0), root), side), look.tuft, rng),
          ear_fur(look, 0.95));
  pen.fill(on_side(moved(ear_outline(ear, 0.38 * ear.width, 0.14 * ear.length), root), side),
           ear_inside(look));
}

// Where the picture's upper rim is near, the ears lean to the sides rather than leave it.
Ear draw_ear(const Look& look, double length, Rng& rng) {
  const double room = look.pose.head.y / look.pose.radius - kEarRoot;
  const double needed = std::acos(std::clamp(room / length, 0.4, 1.0));
  const double own = rng.uniform(0.02, 0.38);
  return {.length = length,
          .width = rng.uniform(0.25, 0.31),
          .lean_rad = std::max(own, needed),
          .fold = chance(rng, 0.15) ? rng.uniform(0.5, 0.7) : 1};
}

void rabbit_eye(const Pen& pen, const Look& look, double side, const Colour& iris, double size) {
  const Point at = turned(look, {side * 0.5, -0.16}, 0.35);
  const double width = 0.17 * size * (1 - 0.15 * side * look.pose.yaw), height = 0.2 * size;
  if (look.eyes_closed) return closed_eye(pen, look, at, width * 1.2);
  pen.glow(at, height * 1.8, look.light_fur(), 0.75);
  pen.fill(ellipse(at, width * 1.2, height * 1.16), {24, 18, 20});
  pen.fill(ellipse(at, width, height), iris);
  pen.fill(ellipse(at, width * 0.72, height * 0.76), {12, 9, 12});
  sparkle(pen, look, at, height * 0.85);
}

void rabbit_muzzle(const Pen& pen, const Look& look, Rng& rng) {
  const Point nose = turned(look, {0, 0.3}, 0.9);
  const Colour ink = look.ink();
  const double teeth = rng.uniform(0.16, 0.24), parted = rng.uniform(0.12, 0.15);
  pen.fur(ellipse(nose + Point{0, 0.5}, 0.2, 0.14),
          {.colour = look.light_fur(), .own_colour = 0.9, .shade = 0.9, .edge = 0});
  for (const double side : kSides) {
    pen.fill(box(nose + Point{side > 0 ? 0.0 : -parted, 0.33},
                 nose + Point{side > 0 ? parted : 0.0, 0.36 + teeth}),
             mix(ink, {120, 110, 100}, 0.3));
    pen.fill(box(nose + Point{side > 0 ? 0.015 : 0.02 - parted, 0.33},
                 nose + Point{side > 0 ? parted - 0.02 : -0.015, 0.34 + teeth}),
             {250, 248, 238});
  }
  for (const double side : kSides) {
    pen.fur(tufted(ellipse(nose + Point{side * 0.21, 0.22}, 0.27, 0.21), look.tuft / 2, rng),
            {.colour = look.light_fur(), .own_colour = 0.9, .shade = 1.05, .edge = 0.02});
  }
  pen.line({nose, nose + Point{0, 0.34}}, 0.045, 0.035, ink);
  const Colour tip = chance(rng, 0.5) ? Colour{226, 140, 142} : Colour{96, 66, 66};
  for (const double side : kSides) {  // the nostrils are the arms of a Y
    pen.line(smooth_path({nose + Point{0, 0.06}, nose + Point{side * 0.1, -0.02},
                          nose + Point{side * 0.16, -0.09}}),
             0.1, 0.05, mix(tip, {20, 10, 10}, 0.35));
    pen.line({nose + Point{0, 0.05}, nose + Point{side * 0.11, -0.04}}, 0.07, 0.03, tip);
  }
}

}  // namespace

void draw_rabbit_head(const Pen& pen, const Look& look, Rng& rng) {
  static constexpr std::array<Colour, 5> kIrises{
      {{66, 40, 28}, {88, 54, 34}, {120, 78, 44}, {90, 110, 140}, {150, 52, 56}}};
  const double length = rng.uniform(1.45, 1.95);
  for (const double side : kSides) {
    const Ear ear = draw_ear(look, length, rng);
    rabbit_ear(pen, look, ear, side, rng);
  }
  const double cheek = rng.uniform(0.76, 0.9);
  const Outline head = smooth(symmetric({{0, -0.96},
                                         {0.4, -0.88},
                                         {0.66, -0.5},
                                         {0.74, -0.05},
                                         {cheek, 0.42},
                                         {0.62, 0.8},
                                         {0.3, 0.98},
                                         {0, 1.02}}),
                              6);
  pen.fur(tufted(head, look.tuft, rng), {.colour = look.coat.base});
  const Colour iris = kIrises[rng.below(kIrises.size())];
  const double size = rng.uniform(0.92, 1.15);
  for (const double side : kSides) rabbit_eye(pen, look, side, iris, size);
  rabbit_muzzle(pen, look, rng);
}

}  // namespace catdog::synth
