// SPDX-License-Identifier: Apache-2.0
// A cat's head: pointed ears, a short face with large almond eyes, a small nose, whiskers.
// Lengths in head radii, the head's centre at (0, 0), y down.
#include <array>
#include <utility>

#include "synth_face.hpp"

namespace catdog::synth {
namespace {

void cat_ears(const Pen& pen, const Look& look, Rng& rng) {
  const double length = rng.uniform(0.7, 0.98), spread = rng.uniform(-0.08, 0.16);
  for (const double side : kSides) {
    const double shift = -0.08 * look.pose.yaw * side;
    const Point tip{0.8 + spread + shift, -0.75 - length};
    const Outline ear = on_side(smooth_path({{0.12, -0.78},
                                             {0.28, -1.02},
                                             tip - Point{0.06, -0.06},
                                             tip,
                                             tip + Point{0.045, 0.08},
                                             {1.02, -0.85},
                                             {1.04, -0.22},
                                             {0.6, -0.2}},
                                            5),
                                side);
    pen.fur(tufted(ear, look.tuft, rng), ear_fur(look, 0.95));
    const Point inner_tip{tip.x - 0.02, tip.y + 0.26};
    pen.fill(on_side(smooth_path({{0.34, -0.78},
                                  inner_tip - Point{0.14, -0.2},
                                  inner_tip,
                                  inner_tip + Point{0.1, 0.25},
                                  {0.9, -0.45}},
                                 5),
                     side),
             ear_inside(look));
    for (int i = 0; i < 5; ++i) {  // hair in front of the opening
      const Point root{0.36 + 0.08 * i, -0.72};
      const Point end = root + Point{0.12 + 0.03 * i, -0.26 - rng.uniform(0, 0.14)};
      pen.line(on_side({root, end}, side), 0.07, 0.0, mix(look.light_fur(), look.coat.base, 0.4));
    }
  }
}

struct CatEyes {
  Colour iris;
  double slit;  // width of the pupil over its height
  double size;
};

void cat_eye(const Pen& pen, const Look& look, const CatEyes& eyes, double side) {
  const auto& [iris, slit, size] = eyes;
  const Point at = turned(look, {side * 0.43, -0.04}, 0.55);
  const double width = 0.26 * size * (1 - 0.12 * side * look.pose.yaw), height = 0.19 * size;
  if (look.eyes_closed) return closed_eye(pen, look, at, width);
  const auto almond = [&](double grow) {
    const double w = width + grow, h = height + grow;
    Outline eye = smooth({{-w, 0.55 * h},
                          {-0.45 * w, -0.65 * h},
                          {0.3 * w, -1.0 * h},
                          {w * 1.02, -0.6 * h},
                          {0.62 * w, 0.55 * h},
                          {-0.2 * w, 0.95 * h}},
                         5);
    return moved(on_side(std::move(eye), side), at);
  };
  pen.fill(almond(0.05), {22, 18, 20});
  pen.fill(almond(0), iris);
  pen.clip_to(almond(0));
  pen.glow(at + Point{0, 0.1}, width, mix(iris, {255, 255, 210}, 0.6), 0.7, 0.7);
  pen.fill(ellipse(at + Point{0.01 * side, 0}, slit * height, height * 0.98), {10, 10, 14});
  pen.glow(at + Point{0, -height * 1.2}, width * 1.3, {0, 0, 0}, 0.5, 0.45);
  pen.unclip();
  sparkle(pen, look, at, height * 0.75);
}

void cat_muzzle(const Pen& pen, const Look& look, Rng& rng) {
  const Point nose = turned(look, {0, 0.33}, 0.95);
  const Colour pad = look.light_fur();
  for (const double side : kSides) {
    pen.fur(tufted(ellipse(nose + Point{side * 0.19, 0.22}, 0.25, 0.2), look.tuft / 2, rng),
            {.colour = pad, .own_colour = 0.9, .shade = 1.04, .edge = 0});
  }
  pen.fur(ellipse(nose + Point{0, 0.44}, 0.17, 0.12),
          {.colour = pad, .own_colour = 0.9, .shade = 0.95, .edge = 0});
  const Colour ink = look.ink();
  for (const double side : kSides) {
    pen.line(smooth_path({nose + Point{0, 0.18}, nose + Point{side * 0.09, 0.3},
                          nose + Point{side * 0.22, 0.31}, nose + Point{side * 0.31, 0.22}}),
             0.045, 0.02, ink);
  }
  pen.line({nose, nose + Point{0, 0.19}}, 0.035, 0.035, ink);
  const bool pink = chance(rng, 0.5);
  const Colour tip = pink ? Colour{226, 132, 134} : Colour{58, 42, 46};
  pen.fill(moved(smooth({{-0.135, -0.055},
                         {0, -0.07},
                         {0.135, -0.055},
                         {0.1, 0.03},
                         {0.0, 0.1},
                         {-0.1, 0.03}},
                        4),
                 nose),
           mix(tip, {20, 10, 10}, 0.45));
  pen.fill(moved(smooth({{-0.11, -0.05},
                         {0, -0.065},
                         {0.11, -0.05},
                         {0.08, 0.02},
                         {0.0, 0.075},
                         {-0.08, 0.02}},
                        4),
                 nose),
           tip);
}

void whiskers(const Pen& pen, const Look& look, Rng& rng) {
  const Point nose = turned(look, {0, 0.33}, 0.95);
  const Colour colour = luminance(look.light_fur()) > 190 && chance(rng, 0.4)
                            ? Colour{40, 34, 34}
                            : Colour{250, 248, 244};
  const double length = rng.uniform(0.85, 1.25), droop = rng.uniform(-0.1, 0.3);
  for (const double side : kSides) {
    for (int i = 0; i < 3; ++i) {
      const Point root = nose + Point{side * 0.26, 0.14 + 0.07 * i};
      const double lift = -0.22 + 0.2 * i + rng.uniform(-0.05, 0.05);
      const Outline path = smooth_path({root, root + Point{side * length * 0.5, lift * 0.8 - 0.04},
                                        root + Point{side * length, lift + droop}});
      pen.line(path, 0.035, 0.012, colour, 0.9);
    }
  }
}

}  // namespace

void draw_cat_head(const Pen& pen, const Look& look, Rng& rng) {
  static constexpr std::array<Colour, 6> kIrises{{{150, 190, 70},
                                                  {224, 180, 50},
                                                  {90, 160, 200},
                                                  {200, 120, 40},
                                                  {110, 170, 110},
                                                  {190, 200, 90}}};
  cat_ears(pen, look, rng);
  const double cheek = rng.uniform(1.02, 1.2);
  const Outline head = smooth(symmetric({{0, -0.84},
                                         {0.5, -0.78},
                                         {0.93, -0.32},
                                         {cheek, 0.22},
                                         {0.84, 0.62},
                                         {0.42, 0.88},
                                         {0, 0.94}}),
                              6);
  pen.fur(tufted(head, look.tuft, rng), {.colour = look.coat.base});
  cat_muzzle(pen, look, rng);
  const Colour iris = kIrises[rng.below(kIrises.size())];
  const double slit = chance(rng, 0.55) ? rng.uniform(0.2, 0.45) : rng.uniform(0.6, 0.95);
  const double size = rng.uniform(0.92, 1.15);
  for (const double side : kSides) cat_eye(pen, look, {iris, slit, size}, side);
  whiskers(pen, look, rng);
}

}  // namespace catdog::synth
