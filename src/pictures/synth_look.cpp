// SPDX-License-Identifier: Apache-2.0
// The coat, pose and light of a drawn animal, and the coat's pattern: blind to which.
#include <algorithm>
#include <array>
#include <cmath>

#include "synth_animal.hpp"

namespace catdog::synth {
namespace {

// Nothing darker than the first: black lines and noses must show on every coat.
constexpr std::array<Colour, 13> kCoats{{{52, 50, 55},
                                         {86, 86, 92},
                                         {122, 128, 140},
                                         {176, 176, 178},
                                         {236, 232, 226},
                                         {230, 210, 172},
                                         {214, 134, 62},
                                         {216, 168, 98},
                                         {188, 144, 102},
                                         {130, 88, 58},
                                         {92, 64, 50},
                                         {164, 90, 54},
                                         {202, 188, 170}}};

Colour jittered(const Colour& colour, double spread, Rng& rng) {
  const double all = rng.uniform(-spread, spread);
  Colour result = colour;
  for (int c = 0; c < 3; ++c) result[c] += all + rng.uniform(-spread / 2, spread / 2);
  return result;
}

Coat draw_coat_colours(Rng& rng) {
  Coat coat{};
  coat.base = jittered(kCoats[rng.below(kCoats.size())], 12, rng);
  const double kind = rng.uniform();
  const bool dark = luminance(coat.base) < 110;
  if (kind < 0.45) {
    coat.second = dark ? Colour{232, 226, 216} : mix(coat.base, {60, 44, 38}, 0.6);
  } else if (kind < 0.75) {
    coat.second = mix(coat.base, dark ? Colour{226, 178, 124} : Colour{52, 40, 38}, 0.62);
  } else {
    coat.second = luminance(coat.base) > 190 ? kCoats[6 + rng.below(6)] : Colour{240, 234, 224};
  }
  const double pattern = rng.uniform();
  coat.pattern = pattern < 0.28   ? Pattern::plain
                 : pattern < 0.53 ? Pattern::stripes
                 : pattern < 0.73 ? Pattern::patches
                 : pattern < 0.84 ? Pattern::spots
                                  : Pattern::mask;
  // The parts that are often white on all of them.
  coat.light_muzzle = chance(rng, 0.5);
  coat.bib = chance(rng, 0.5);
  coat.socks = chance(rng, 0.4);
  coat.blaze = chance(rng, 0.25);
  coat.second_ears = chance(rng, 0.35);
  return coat;
}

Pose draw_pose(Rng& rng) {
  Pose pose{};
  const double kind = rng.uniform();
  pose.body = kind < 0.45   ? Body::portrait
              : kind < 0.7  ? Body::sitting
              : kind < 0.85 ? Body::lying
                            : Body::standing;
  pose.mirrored = chance(rng, 0.5);
  const bool portrait = pose.body == Body::portrait;
  pose.radius = portrait ? rng.uniform(0.18, 0.36) : rng.uniform(0.145, 0.22);
  // Everywhere the face stays in the picture, and no place is more likely than others: the position
  // must not help a model that looks at single pixels.
  const double r = pose.radius;
  const double x = rng.uniform(-1, 1), y = rng.uniform(-1, 1);
  if (portrait) {
    pose.head = {0.5 + (0.58 - 1.25 * r) * x, 0.53 + (0.5 - r) * 0.5 * y};
  } else if (pose.body == Body::sitting) {
    pose.head = {0.5 + 0.25 * x, 0.4 + 0.12 * y};
  } else {
    const double from = 1.15 * r + 0.1 * (x + 1);
    pose.head = {pose.mirrored ? 1 - from : from, 0.46 + 0.16 * y};
  }
  pose.tilt_rad = 0.22 * rng.normal();
  if (std::abs(pose.tilt_rad) > 0.6) pose.tilt_rad *= 0.5;
  pose.yaw = rng.uniform(-1, 1);
  pose.pitch = rng.uniform(-1, 1);
  return pose;
}

void paint_stripes(const Pen& pen, const Look& look, Rng& rng) {
  const Colour colour = mix(look.coat.base, look.coat.second, 0.85);
  const double gap = rng.uniform(0.2, 0.28), width = gap * rng.uniform(0.4, 0.6);
  for (int i = -1; i <= 1; ++i) {  // the forehead
    const double x = i * gap * 1.1;
    pen.line(smooth_path({{x * 1.3, -1.2}, {x, -0.8}, {x * 0.7, -0.42}}), width * 1.3, 0, colour);
  }
  for (const double side : {-1.0, 1.0}) {  // the cheeks
    for (int i = 0; i < 3; ++i) {
      const double y = -0.1 + i * 0.27;
      pen.line(smooth_path({{side * 1.3, y - 0.1}, {side * 1.0, y}, {side * 0.66, y + 0.08}}),
               width * 1.2, 0, colour);
    }
  }
}

void paint_body_stripes(const Pen& pen, const Look& look, Rng& rng) {
  const Colour colour = mix(look.coat.base, look.coat.second, 0.85);
  const double gap = rng.uniform(0.32, 0.42), width = gap * rng.uniform(0.35, 0.55);
  const bool upright = look.pose.body == Body::portrait || look.pose.body == Body::sitting;
  for (int i = 0; i < 11; ++i) {
    const double at = 0.9 + gap * i, bend = rng.uniform(-0.12, 0.12);
    if (upright) {
      for (const double side : {-1.0, 1.0}) {
        pen.line(
            smooth_path({{side * 2.2, at - 0.1}, {side * 1.1, at + bend}, {side * 0.45, at + 0.2}}),
            width * 1.3, 0, colour);
      }
    } else {
      const double x = 0.2 + gap * i;
      pen.line(smooth_path({{x - 0.1, 0.0}, {x + bend, 0.9}, {x + 0.1, 1.7}}), width * 1.3, 0,
               colour);
    }
  }
}

void paint_blots(const Pen& pen, const Look& look, Rng& rng) {
  const bool spots = look.coat.pattern == Pattern::spots;
  const int count = spots ? 60 : 9;
  for (int i = 0; i < count; ++i) {
    const Point at{rng.uniform(-1.6, 4), rng.uniform(0.6, 3.4)};
    const double radius = spots ? rng.uniform(0.07, 0.16) : rng.uniform(0.3, 0.7);
    pen.fill(lump(at, radius, rng), look.coat.second);
  }
}

void paint_head_blots(const Pen& pen, const Look& look, Rng& rng) {
  if (look.coat.pattern == Pattern::spots) {
    for (int i = 0; i < 14; ++i) {
      const Point at{rng.uniform(-1.1, 1.1), rng.uniform(-1.1, 0.8)};
      pen.fill(lump(at, rng.uniform(0.05, 0.11), rng), look.coat.second);
    }
    return;
  }
  const double side = chance(rng, 0.5) ? 1 : -1;  // a patch over one eye, perhaps another
  const Point eye{side * rng.uniform(0.35, 0.6), rng.uniform(-0.5, -0.1)};
  pen.fill(lump(eye, rng.uniform(0.45, 0.7), rng), look.coat.second);
  if (chance(rng, 0.4)) {
    const Point other{-side * rng.uniform(0.5, 0.9), rng.uniform(-1, 0.6)};
    pen.fill(lump(other, rng.uniform(0.3, 0.5), rng), look.coat.second);
  }
}

}  // namespace

Colour Look::light_fur() const {
  return coat.light_muzzle
             ? mix(coat.base, {246, 240, 230}, 0.8)
             : mix(coat.base, {236, 220, 200}, luminance(coat.base) < 110 ? 0.3 : 0.2);
}

Colour any_colour(Rng& rng) {
  const double hue = 6 * rng.uniform(), grey = rng.uniform(0.25, 0.85);
  const double bright = rng.uniform(65, 235);
  Colour colour{};
  for (int c = 0; c < 3; ++c) {
    double away = std::abs(hue - 2 * c);
    away = std::min(away, 6 - away);
    colour[c] = bright * (grey + (1 - grey) * std::clamp(2 - away, 0.0, 1.0));
  }
  return colour;
}

Look draw_look(Rng& rng) {
  Look look{};
  look.coat = draw_coat_colours(rng);
  look.pose = draw_pose(rng);
  look.tuft = rng.uniform(0.015, 0.08);
  const double angle = rng.uniform(0, 6.283), strength = rng.uniform(0.1, 0.32);
  look.light = {strength * std::cos(angle), strength * std::sin(angle)};
  look.eyes_closed = chance(rng, 0.1);
  look.collar = chance(rng, 0.35);
  look.collar_colour = any_colour(rng);
  return look;
}

void draw_coat(Canvas& canvas, const Look& look, Rng& rng) {
  canvas.clear(look.coat.base);
  const Pen head(canvas, look.head_frame()), body(canvas, look.body_frame());
  switch (look.coat.pattern) {
    case Pattern::plain: break;
    case Pattern::stripes:
      paint_body_stripes(body, look, rng);
      // The body's pattern must not run across the face, which has its own.
      head.fill(ellipse({0, -0.1}, 1.5, 1.25), look.coat.base);
      paint_stripes(head, look, rng);
      break;
    case Pattern::patches:
    case Pattern::spots:
      paint_blots(body, look, rng);
      head.fill(ellipse({0, -0.1}, 1.5, 1.25), look.coat.base);
      paint_head_blots(head, look, rng);
      break;
    case Pattern::mask: head.glow({0.3 * look.pose.yaw, 0.35}, 1.15, look.coat.second, 0.9); break;
  }
  if (look.coat.blaze) {
    const double width = rng.uniform(0.18, 0.4);
    const Point from{0, -1.0}, to{0.25 * look.pose.yaw, 0.4};
    head.fill(smooth({{from.x, from.y},
                      {to.x + width / 2, -0.3},
                      {to.x + width, to.y},
                      {to.x - width, to.y},
                      {to.x - width / 2, -0.3}}),
              {242, 236, 228}, 0.92);
  }
}

}  // namespace catdog::synth
