// SPDX-License-Identifier: Apache-2.0
// A dog's head: hanging, folded or upright ears, a long muzzle with a large nose, round eyes.
// Lengths in head radii, the head's centre at (0, 0), y down.
#include <array>

#include "synth_face.hpp"

namespace catdog::synth {
namespace {

enum class DogEars { hanging, folded, upright };

struct EarShape {
  DogEars kind;
  double length;
};

void dog_ear(const Pen& pen, const Look& look, const EarShape& shape, double side, Rng& rng) {
  const auto [kind, length] = shape;
  const double shift = -0.08 * look.pose.yaw * side;
  Outline ear;
  switch (kind) {
    case DogEars::hanging:
      ear = smooth({{0.36, -0.86},
                    {0.72, -0.98},
                    {1.08, -0.72},
                    {1.26, -0.05 + 0.3 * length},
                    {1.2 + shift, 0.05 + 0.68 * length},
                    {0.98 + shift, 0.72 * length},
                    {0.8, 0.25 * length},
                    {0.7, -0.45}},
                   5);
      break;
    case DogEars::folded:
      ear = smooth({{0.28, -0.82},
                    {0.5, -1.15},
                    {0.8, -1.22},
                    {1.08, -0.96},
                    {1.2 + shift, -0.45},
                    {1.14 + shift, -0.22},
                    {0.9, -0.46},
                    {0.74, -0.62}},
                   5);
      break;
    case DogEars::upright:
      ear = smooth({{0.2, -0.8},
                    {0.3, -1.2},
                    {0.5, -1.42 - 0.2 * length},
                    {0.66, -1.44 - 0.2 * length},
                    {0.84, -1.05},
                    {0.9, -0.5},
                    {0.6, -0.4}},
                   5);
      break;
  }
  pen.fur(tufted(on_side(ear, side), look.tuft, rng),
          ear_fur(look, kind == DogEars::upright ? 0.95 : 0.82));
  if (kind == DogEars::upright) {
    pen.fill(on_side(smooth({{0.36, -0.8},
                             {0.42, -1.1},
                             {0.57, -1.3 - 0.15 * length},
                             {0.72, -1.0},
                             {0.74, -0.6}},
                            4),
                     side),
             ear_inside(look));
  }
}

void dog_eye(const Pen& pen, const Look& look, double side, const Colour& iris, double size) {
  const Point at = turned(look, {side * 0.37, -0.2}, 0.5);
  const double radius = 0.145 * size;
  if (look.eyes_closed) return closed_eye(pen, look, at, radius * 1.3);
  pen.glow(at, radius * 2, mix(look.coat.base, {20, 14, 12}, 0.6), 0.7);
  pen.fill(ellipse(at, radius * 1.22, radius * 1.12), {20, 16, 18});
  pen.fill(ellipse(at, radius * 1.08, radius * 0.96), {236, 230, 222});
  pen.fill(ellipse(at, radius * 0.92, radius * 0.96), iris);
  pen.fill(ellipse(at, radius * 0.58, radius * 0.6), {10, 8, 10});
  sparkle(pen, look, at, radius * 0.8);
}

void dog_nose(const Pen& pen, Point at, double size, const Colour& colour) {
  const auto shape = [&](double s) {
    return moved(smooth({{-0.3 * s, -0.08 * s},
                         {-0.17 * s, -0.2 * s},
                         {0.17 * s, -0.2 * s},
                         {0.3 * s, -0.08 * s},
                         {0.2 * s, 0.11 * s},
                         {0, 0.2 * s},
                         {-0.2 * s, 0.11 * s}},
                        5),
                 at);
  };
  pen.fill(shape(size * 1.1), mix(colour, {8, 4, 6}, 0.7));
  pen.fill(shape(size), colour);
  pen.glow(at + Point{-0.06, -0.1} * size, 0.17 * size, mix(colour, {255, 250, 255}, 0.7), 0.75,
           0.45);
  for (const double side : kSides) {
    pen.fill(ellipse(at + Point{side * 0.13, 0.03} * size, 0.06 * size, 0.04 * size),
             mix(colour, {0, 0, 0}, 0.8));
  }
}

void dog_muzzle(const Pen& pen, const Look& look, Rng& rng) {
  const double length = rng.uniform(0.85, 1.12), width = rng.uniform(0.9, 1.12);
  const Point nose = turned(look, {0, 0.26}, 1.5);
  const Point chin = nose + Point{0, 0.62 * length};
  const Point root = turned(look, {0, -0.18}, 0.6);
  const bool tongue = chance(rng, 0.35);
  const Colour pad = look.light_fur(), ink = look.ink();
  if (tongue) {
    // The open mouth first, then the tongue that hangs out of it.
    pen.fill(smooth({chin + Point{-0.3, -0.2}, chin + Point{-0.2, 0.12}, chin + Point{0, 0.2},
                     chin + Point{0.2, 0.12}, chin + Point{0.3, -0.2}}),
             {70, 26, 32});
    const double out = rng.uniform(0.25, 0.45);
    pen.fill(
        smooth({chin + Point{-0.18, -0.15}, chin + Point{-0.19, out * 0.6}, chin + Point{0, out},
                chin + Point{0.19, out * 0.6}, chin + Point{0.18, -0.15}}),
        {232, 116, 128});
    pen.line({chin + Point{0, -0.1}, chin + Point{0, out * 0.7}}, 0.03, 0.01, {180, 70, 88});
  } else {
    pen.fur(ellipse(chin + Point{0, 0.02}, 0.27 * width, 0.16),
            {.colour = pad, .own_colour = 0.9, .shade = 0.85, .edge = 0.025});
  }
  const double w = width;
  const Outline muzzle =
      smooth({root + Point{0, -0.1}, root + Point{0.24 * w, 0.12}, nose + Point{0.42 * w, 0.14},
              nose + Point{0.52 * w, 0.42 * length}, nose + Point{0.36 * w, 0.62 * length},
              nose + Point{0, 0.5 * length}, nose + Point{-0.36 * w, 0.62 * length},
              nose + Point{-0.52 * w, 0.42 * length}, nose + Point{-0.42 * w, 0.14},
              root + Point{-0.24 * w, 0.12}},
             5);
  pen.fur(tufted(muzzle, look.tuft / 2, rng),
          {.colour = pad, .own_colour = 0.9, .shade = 1.05, .edge = 0.028});
  pen.line({nose + Point{0, 0.1}, nose + Point{0, 0.5 * length}}, 0.045, 0.045, ink);
  for (const double side : kSides) {  // the roots of the whiskers
    for (int i = 0; i < 3; ++i) {
      const Point at = nose + Point{side * (0.24 + 0.09 * (i % 2)), 0.27 + 0.09 * i};
      pen.fill(ellipse(at, 0.022, 0.022), ink, 0.7);
    }
  }
  const Colour brown{112, 66, 56}, black{38, 31, 34};
  const Colour colour = chance(rng, 0.3) ? brown : black;
  dog_nose(pen, nose, rng.uniform(0.72, 1.05), colour);
}

}  // namespace

void draw_dog_head(const Pen& pen, const Look& look, Rng& rng) {
  static constexpr std::array<Colour, 5> kIrises{
      {{96, 58, 32}, {70, 42, 26}, {130, 84, 40}, {84, 50, 28}, {112, 150, 180}}};
  const double ears = rng.uniform();
  const DogEars kind = ears < 0.45  ? DogEars::hanging
                       : ears < 0.7 ? DogEars::folded
                                    : DogEars::upright;
  const EarShape shape{.kind = kind, .length = rng.uniform(0.7, 1.35)};
  // Upright ears grow behind the forehead, the others hang over it.
  if (kind == DogEars::upright) {
    for (const double side : kSides) dog_ear(pen, look, shape, side, rng);
  }
  const double jowl = rng.uniform(0.5, 0.68);
  const Outline head = smooth(symmetric({{0, -0.92},
                                         {0.48, -0.86},
                                         {0.82, -0.5},
                                         {0.88, 0.0},
                                         {0.74, 0.45},
                                         {jowl, 0.85},
                                         {0, 1.0}}),
                              6);
  pen.fur(tufted(head, look.tuft, rng), {.colour = look.coat.base});
  if (kind != DogEars::upright) {
    for (const double side : kSides) dog_ear(pen, look, shape, side, rng);
  }
  const Colour iris = kIrises[rng.below(kIrises.size())];
  const double size = rng.uniform(0.9, 1.15);
  for (const double side : kSides) {
    if (luminance(look.coat.base) < 110) {  // spots above the eyes: the brows of a black dog
      pen.glow(turned(look, {side * 0.36, -0.46}, 0.5), 0.2, look.light_fur(), 0.8, 0.6);
    }
    dog_eye(pen, look, side, iris, size);
  }
  dog_muzzle(pen, look, rng);
}

}  // namespace catdog::synth
