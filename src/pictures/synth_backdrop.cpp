// SPDX-License-Identifier: Apache-2.0
// What stands behind and before the animal: rooms, meadows, sky, wallpaper, toys and plants.
#include <algorithm>
#include <cmath>

#include "synth_animal.hpp"

namespace catdog::synth {
namespace {

const Outline kEverywhere{{-0.1, -0.1}, {1.1, -0.1}, {1.1, 1.1}, {-0.1, 1.1}};

double distance_of(const Colour& a, const Colour& b) {
  return std::hypot(a.red - b.red, a.green - b.green, a.blue - b.blue);
}

// A colour from which the coat stands out.
Colour colour_apart(const Look& look, Rng& rng) {
  Colour best{};
  double best_distance = -1;
  for (int attempt = 0; attempt < 4; ++attempt) {
    const Colour colour = any_colour(rng);
    const double distance = distance_of(colour, look.coat.base);
    if (distance > best_distance) best = colour, best_distance = distance;
  }
  return best;
}

void wallpaper(Canvas& canvas, const Colour& colour, Rng& rng) {
  const Colour drawn = any_colour(rng), other = mix(colour, drawn, rng.uniform(0.25, 0.7));
  const double gap = rng.uniform(0.07, 0.18);
  const uint64_t kind = rng.below(4);
  const double turn = rng.uniform(-0.5, 0.5);
  const Pen pen(canvas, {.origin = {0.5, 0.5}, .scale = 1, .angle_rad = turn});
  for (double x = -0.75; x < 0.75; x += gap) {
    if (kind == 0) pen.fill(box({x, -0.8}, {x + gap * 0.45, 0.8}), other);
    if (kind == 0) continue;
    for (double y = -0.75; y < 0.75; y += gap) {
      const Point at{x, y};
      if (kind == 1) pen.fill(ellipse(at, gap * 0.25, gap * 0.25), other);
      if (kind == 2)
        pen.fill({at, at + Point{gap * 0.5, 0}, at + Point{gap * 0.25, -gap * 0.5}}, other);
      if (kind == 3) pen.fill(box(at, at + Point{gap * 0.5, gap * 0.5}), other);
    }
  }
}

void room(Canvas& canvas, const Look& look, Rng& rng) {
  const Colour wall = colour_apart(look, rng), ground = mix(any_colour(rng), {130, 100, 70}, 0.5);
  const double floor = rng.uniform(0.55, 0.9);
  canvas.fill(
      kEverywhere,
      Canvas::Gradient{{rng.uniform(), 0}, {rng.uniform(), 1}, wall, mix(wall, {20, 20, 30}, 0.3)});
  if (chance(rng, 0.35)) wallpaper(canvas, wall, rng);
  if (chance(rng, 0.5)) {  // a picture or a window
    const Point low{rng.uniform(-0.1, 0.8), rng.uniform(-0.1, 0.25)};
    const Point size{rng.uniform(0.18, 0.4), rng.uniform(0.18, 0.35)};
    canvas.fill(box(low - Point{0.02, 0.02}, low + size + Point{0.02, 0.02}), any_colour(rng));
    canvas.fill(box(low, low + size), any_colour(rng));
    canvas.fill(box(low + Point{size.x * 0.48, 0}, low + Point{size.x * 0.52, size.y}), wall);
  }
  const Outline ground_area = box({-0.1, floor}, {1.1, 1.1});
  canvas.fill(ground_area,
              Canvas::Gradient{{0, floor}, {0, 1}, mix(ground, {0, 0, 0}, 0.25), ground});
  canvas.grain(ground_area, 0.22, 2);
  canvas.fill(box({-0.1, floor - 0.025}, {1.1, floor}), mix(wall, {255, 255, 255}, 0.6));
  if (chance(rng, 0.4)) {
    const Point at{rng.uniform(0.2, 0.8), rng.uniform(floor, 1.0)};
    const Colour carpet = any_colour(rng);
    const double width = rng.uniform(0.25, 0.5);
    canvas.fill(ellipse(at, width, rng.uniform(0.06, 0.12)), carpet);
  }
}

void meadow(Canvas& canvas, const Look& look, Rng& rng) {
  const double horizon = rng.uniform(0.25, 0.75);
  const Colour tint = colour_apart(look, rng), ground = any_colour(rng);
  const Colour sky = mix(tint, {170, 205, 240}, rng.uniform(0.2, 0.9));
  const Colour grass = mix(ground, {96, 150, 66}, rng.uniform(0.4, 0.9));
  canvas.fill(kEverywhere,
              Canvas::Gradient{{0, 0}, {0, horizon}, sky, mix(sky, {255, 255, 255}, 0.5)});
  const int clouds = static_cast<int>(rng.below(4));
  for (int i = 0; i < clouds; ++i) {
    const Point at{rng.uniform(), rng.uniform(0, horizon)};
    for (int puff = 0; puff < 4; ++puff) {
      const Point there = at + Point{(puff - 1.5) * 0.06, rng.uniform(-0.02, 0.02)};
      canvas.glow({.origin = there, .scale = 0.09}, {255, 255, 255}, 0.9, 0.7);
    }
  }
  Outline hill{{-0.1, 1.1}};
  for (int i = 0; i <= 6; ++i)
    hill.emplace_back(-0.1 + 0.2 * i, horizon + rng.uniform(-0.05, 0.05));
  hill.emplace_back(1.1, 1.1);
  canvas.fill(hill, Canvas::Gradient{{0, horizon}, {0, 1}, mix(grass, sky, 0.3), grass});
  canvas.grain(hill, 0.28, 1.5);
  for (int i = 0; i < 70; ++i) {
    const Point root{rng.uniform(), rng.uniform(horizon + 0.05, 1.05)};
    const double height = 0.03 + 0.06 * (root.y - horizon);
    const Point tip = root + Point{rng.uniform(-0.02, 0.02), -height};
    const Colour colour = mix(grass, {230, 240, 120}, rng.uniform(0, 0.4));
    canvas.fill({root - Point{0.006, 0}, tip, root + Point{0.006, 0}}, colour);
  }
}

void soft_light(Canvas& canvas, const Look& look, Rng& rng) {
  const Colour first = colour_apart(look, rng), second = colour_apart(look, rng);
  canvas.fill(kEverywhere,
              Canvas::Gradient{{rng.uniform(), rng.uniform()}, {rng.uniform(), 1}, first, second});
  const int spots = static_cast<int>(rng.below(12));
  for (int i = 0; i < spots; ++i) {
    const Point at{rng.uniform(), rng.uniform()};
    const double radius = rng.uniform(0.04, 0.2);
    canvas.glow({.origin = at, .scale = radius}, any_colour(rng), 0.6);
  }
}

void wall(Canvas& canvas, const Look& look, Rng& rng) {
  const Colour colour = colour_apart(look, rng);
  canvas.clear(colour);
  if (chance(rng, 0.7)) wallpaper(canvas, colour, rng);
  const double strength = rng.uniform(0.05, 0.3);
  canvas.grain(kEverywhere, strength, rng.uniform(1, 3));
}

void ball(Canvas& canvas, Point at, double radius, Rng& rng) {
  const Colour colour = any_colour(rng);
  canvas.glow({.origin = at + Point{0, radius * 0.9}, .scale = radius * 1.3}, {0, 0, 0}, 0.5, 0.35);
  canvas.fill(ellipse(at, radius, radius), colour);
  if (chance(rng, 0.5)) canvas.fill(ellipse(at, radius * 0.5, radius * 0.5), any_colour(rng));
  canvas.glow({.origin = at - Point{radius, radius} * 0.35, .scale = radius * 0.6}, {255, 255, 255},
              0.7);
}

void thing(Canvas& canvas, Rng& rng) {
  const Point at{rng.uniform(), rng.uniform(0.1, 1)};
  const double size = rng.uniform(0.05, 0.16), angle = rng.uniform(-0.6, 0.6);
  const uint64_t kind = rng.below(7);
  const Colour colour = any_colour(rng), dark = mix(colour, {0, 0, 0}, 0.4);
  const Pen pen(canvas, {.origin = at, .scale = size, .angle_rad = angle});
  if (kind == 0) return ball(canvas, at, size * 0.7, rng);
  if (kind == 1) {  // a box
    pen.fill(box({-1, -0.7}, {1, 0.9}), colour);
    pen.fill({{-1, -0.7}, {1, -0.7}, {0.7, -1.1}, {-0.7, -1.1}}, dark);
    pen.fill(box({-0.12, -0.7}, {0.12, 0.9}), mix(colour, {255, 255, 255}, 0.3));
  } else if (kind == 2) {  // a plant
    for (int i = 0; i < 7; ++i) {
      const double lean = -0.9 + 0.3 * i;
      pen.fill(
          smooth(
              {{0, 0.4}, {lean * 0.5 - 0.12, -0.6}, {lean * 1.3, -1.5}, {lean * 0.5 + 0.12, -0.5}},
              4),
          mix(colour, {60, 130, 60}, 0.6));
    }
    pen.fill({{-0.5, 0.2}, {0.5, 0.2}, {0.35, 1}, {-0.35, 1}}, dark);
  } else if (kind == 3) {  // two points like ears
    for (const double side : {-1.0, 1.0}) {
      pen.fill({{side * 0.2, 0.3}, {side * 1.2, 0.3}, {side * 0.85, -0.9}}, colour);
    }
  } else if (kind == 4) {  // two discs like eyes
    for (const double side : {-1.0, 1.0}) {
      pen.fill(ellipse({side * 0.7, 0}, 0.5, 0.5), colour);
      pen.fill(ellipse({side * 0.7, 0}, 0.22, 0.22), {20, 18, 22});
    }
  } else if (kind == 5) {  // flaps like hanging ears
    for (const double side : {-1.0, 1.0})
      pen.fill(ellipse({side * 0.8, 0.2}, 0.35, 1.0, side * -0.3), colour);
  } else {  // a cushion
    pen.fill(smooth({{-1.4, -0.7},
                     {0, -0.55},
                     {1.4, -0.7},
                     {1.2, 0},
                     {1.4, 0.7},
                     {0, 0.6},
                     {-1.4, 0.7},
                     {-1.2, 0}}),
             colour);
  }
}

}  // namespace

void draw_backdrop(Canvas& canvas, const Look& look, Rng& rng) {
  switch (rng.below(4)) {
    case 0: room(canvas, look, rng); break;
    case 1: meadow(canvas, look, rng); break;
    case 2: soft_light(canvas, look, rng); break;
    default: wall(canvas, look, rng);
  }
}

void draw_clutter(Canvas& canvas, const Look& look, Rng& rng) {
  const int count = static_cast<int>(rng.below(6));
  for (int i = 0; i < count; ++i) thing(canvas, rng);
  if (chance(rng, 0.12)) {  // a fence behind
    const Colour wood = any_colour(rng);
    const double top = rng.uniform(0.2, 0.6);
    for (double x = rng.uniform(-0.1, 0); x < 1; x += 0.13) {
      canvas.fill(
          {{x, 1.1}, {x, top + 0.05}, {x + 0.045, top}, {x + 0.09, top + 0.05}, {x + 0.09, 1.1}},
          wood);
    }
  }
  const Point shadow = look.pose.head + Point{0.06, 0.04};
  canvas.glow({.origin = shadow, .scale = look.pose.radius * 1.9}, {0, 0, 0}, 0.3);
}

void draw_foreground(Canvas& canvas, const Look& look, Rng& rng) {
  const double chin = look.pose.head.y + 1.25 * look.pose.radius;
  const double kind = rng.uniform();
  if (kind < 0.15) {  // grass
    for (int i = 0; i < 40; ++i) {
      const double x = rng.uniform(), top = std::max(chin, rng.uniform(0.7, 0.95));
      const Point tip{x + rng.uniform(-0.05, 0.05), top};
      canvas.fill({{x - 0.012, 1.05}, tip, {x + 0.012, 1.05}},
                  mix({70, 130, 50}, {170, 200, 90}, rng.uniform()));
    }
  } else if (kind < 0.25) {  // the rim of a box or a table
    const double top = std::max(chin, rng.uniform(0.75, 0.95));
    const Colour colour = any_colour(rng);
    canvas.fill({{-0.1, top}, {1.1, top + rng.uniform(-0.04, 0.04)}, {1.1, 1.1}, {-0.1, 1.1}},
                colour);
    canvas.grain(box({0, top}, {1, 1}), 0.2, 2);
  } else if (kind < 0.4) {  // a leaf or two from a corner
    const double side = chance(rng, 0.5) ? 1 : 0;
    const Colour colour = mix(any_colour(rng), {60, 120, 50}, 0.6);
    for (int i = 0; i < 3; ++i) {
      const Point root{side, rng.uniform(0, 1)};
      const Point tip =
          root + Point{(0.5 - side) * rng.uniform(0.1, 0.34), rng.uniform(-0.15, 0.15)};
      const Point across{0, 0.04};
      canvas.fill(smooth({root, (root + tip) * 0.5 + across, tip, (root + tip) * 0.5 - across}, 4),
                  colour);
    }
  }
  if (chance(rng, 0.3)) {
    const Point at{rng.uniform(), rng.uniform(std::max(chin, 0.8), 1.2)};
    ball(canvas, at, rng.uniform(0.04, 0.09), rng);
  }
}

}  // namespace catdog::synth
