// SPDX-License-Identifier: Apache-2.0
// Bodies below and beside the head: portrait, sitting, lying, standing or crouching; legs,
// tail and collar.
#include "synth_animal.hpp"

namespace catdog::synth {
namespace {

enum class Tail { curled, raised, tuft };

// Lengths in head radii, with the head's centre at (0, 0).
struct Build {
  double leg;         // width of a leg
  double chest;       // half width of the body
  double tail_width;  // at its root; a tuft's half width
  double hind_foot;   // half length, of one that sits
  Tail tail;
};

Build draw_build(Animal animal, Rng& rng) {
  switch (animal) {
    case Animal::cat:
      return {.leg = rng.uniform(0.42, 0.52),
              .chest = rng.uniform(0.9, 1.1),
              .tail_width = rng.uniform(0.24, 0.32),
              .hind_foot = 0.42,
              .tail = Tail::curled};
    case Animal::dog:
      return {.leg = rng.uniform(0.48, 0.62),
              .chest = rng.uniform(0.95, 1.2),
              .tail_width = rng.uniform(0.32, 0.46),
              .hind_foot = 0.42,
              .tail = Tail::raised};
    case Animal::rabbit:
      return {.leg = rng.uniform(0.38, 0.46),
              .chest = rng.uniform(0.9, 1.15),
              .tail_width = rng.uniform(0.34, 0.44),
              .hind_foot = 0.6,
              .tail = Tail::tuft};
  }
  return {};
}

void draw_tail(const Pen& pen, const Look& look, const Build& build, Point root, Rng& rng) {
  if (build.tail == Tail::tuft) {
    const double radius = build.tail_width;
    pen.fur(tufted(ellipse(root + Point{0.6 * radius, -0.2}, radius, radius), 0.12, rng),
            {.colour = look.light_fur(), .own_colour = 0.8, .shade = 1.02});
    return;
  }
  const bool slim = build.tail == Tail::curled;
  const double bend = rng.uniform(0.7, 1.2);
  const Outline path =
      slim ? smooth_path({root, root + Point{0.9, 0.05}, root + Point{1.35, -0.6 * bend},
                          root + Point{1.0, -1.35 * bend}, root + Point{1.35, -1.9 * bend}})
           : smooth_path({root, root + Point{0.5, -0.3}, root + Point{0.8, -0.8 * bend},
                          root + Point{0.75, -1.2 * bend}});
  const Outline tail = strip(path, build.tail_width, slim ? build.tail_width * 0.75 : 0.1);
  pen.fur(tufted(tail, look.tuft * 1.5, rng), {.colour = look.coat.base, .shade = 0.9});
  if (slim) {
    pen.fur(ellipse(path.back(), build.tail_width * 0.38, build.tail_width * 0.38),
            {.colour = look.coat.second,
             .own_colour = look.coat.second_ears ? 0.8 : 0.0,
             .shade = 0.9,
             .edge = 0});
  }
}

Fur sock(const Look& look, double shade) {
  return {.colour = {240, 234, 224}, .own_colour = look.coat.socks ? 0.9 : 0.0, .shade = shade};
}

struct Leg {
  Point top;
  double length, width, shade;
};

void draw_leg(const Pen& pen, const Look& look, const Leg& leg, Rng& rng) {
  const auto [top, length, width, shade] = leg;
  const Point foot = top + Point{0, length};
  const Fur fur{.colour = look.coat.base, .shade = shade};
  pen.fur(tufted(smooth({top + Point{-0.6 * width, 0}, top + Point{0.6 * width, 0},
                         foot + Point{0.45 * width, -0.15}, foot + Point{0.4 * width, 0},
                         foot + Point{-0.4 * width, 0}, foot + Point{-0.45 * width, -0.15}}),
                 look.tuft / 2, rng),
          fur);
  pen.fur(ellipse(foot + Point{0, -0.02}, 0.66 * width, 0.4 * width), sock(look, shade * 1.05));
  for (const double toe : {-0.22, 0.22}) {
    pen.line({foot + Point{toe * width, 0.02}, foot + Point{toe * width, 0.3 * width}}, 0.04, 0.03,
             look.ink(), 0.8);
  }
}

struct Bib {
  Point at;
  double width, height;
};

void draw_bib(const Pen& pen, const Look& look, const Bib& bib, Rng& rng) {
  if (!look.coat.bib) return;
  const auto [at, width, height] = bib;
  pen.fur(tufted(smooth({at + Point{-width, -height}, at + Point{width, -height},
                         at + Point{0.8 * width, 0.3 * height}, at + Point{0, height},
                         at + Point{-0.8 * width, 0.3 * height}}),
                 0.06, rng),
          {.colour = mix(look.coat.base, {248, 243, 234}, 0.85), .own_colour = 0.9, .edge = 0});
}

void draw_portrait(const Pen& pen, const Look& look, const Build& build, Rng& rng) {
  const double w = build.chest;
  pen.fur(tufted(smooth({{-0.62, 0.4},
                         {0.62, 0.4},
                         {w * 0.95, 1.3},
                         {w * 1.25, 2.4},
                         {w * 1.3, 5},
                         {-w * 1.3, 5},
                         {-w * 1.25, 2.4},
                         {-w * 0.95, 1.3}}),
                 look.tuft, rng),
          {.colour = look.coat.base, .shade = 0.86});
  draw_bib(pen, look, {{0, 1.5}, 0.55, 0.8}, rng);
}

void draw_sitting(const Pen& pen, const Look& look, const Build& build, Rng& rng) {
  const double w = build.chest, ground = rng.uniform(2.9, 3.4);
  draw_tail(pen, look, build, {0.9 * w, ground - 0.25}, rng);
  for (const double side : {-1.0, 1.0}) {
    pen.fur(tufted(ellipse({side * w * 0.85, ground - 0.62}, 0.62, 0.68), look.tuft, rng),
            {.colour = look.coat.base, .shade = 0.78});
    pen.fur(ellipse({side * w * 1.05, ground - 0.08}, build.hind_foot, 0.2), sock(look, 0.85));
  }
  pen.fur(tufted(smooth({{-0.55, 0.4},
                         {0.55, 0.4},
                         {w * 0.8, 1.2},
                         {w * 0.95, ground - 0.9},
                         {w * 0.7, ground - 0.15},
                         {-w * 0.7, ground - 0.15},
                         {-w * 0.95, ground - 0.9},
                         {-w * 0.8, 1.2}}),
                 look.tuft, rng),
          {.colour = look.coat.base, .shade = 0.88});
  draw_bib(pen, look, {{0, 1.35}, 0.42, 0.6}, rng);
  const double top = 1.5;
  for (const double side : {-1.0, 1.0}) {
    draw_leg(pen, look, {{side * 0.36 * w, top}, ground - top, build.leg, 0.95}, rng);
  }
}

void draw_lying(const Pen& pen, const Look& look, const Build& build, Rng& rng) {
  const double length = rng.uniform(2.8, 3.4), ground = rng.uniform(1.4, 1.7);
  draw_tail(pen, look, build, {length - 0.3, ground - 0.45}, rng);
  pen.fur(tufted(smooth({{-0.5, 0.2},
                         {0.6, 0.0},
                         {length * 0.6, 0.05},
                         {length, 0.55},
                         {length, ground - 0.1},
                         {length * 0.5, ground},
                         {-0.4, ground},
                         {-0.75, 0.9}}),
                 look.tuft, rng),
          {.colour = look.coat.base, .shade = 0.86});
  pen.fur(tufted(ellipse({length - 0.55, ground - 0.55}, 0.66, 0.58), look.tuft, rng),
          {.colour = look.coat.base, .shade = 0.94});
  pen.fur(ellipse({length - 0.95, ground - 0.06}, 0.5, 0.17), sock(look, 0.95));
  draw_bib(pen, look, {{-0.05, 1.05}, 0.4, 0.4}, rng);
  for (const double x : {-0.5, 0.3}) {
    pen.fur(tufted(smooth({{x - 0.28, ground - 0.6},
                           {x + 0.28, ground - 0.6},
                           {x + 0.24, ground + 0.02},
                           {x, ground + 0.12},
                           {x - 0.26, ground + 0.02}}),
                   look.tuft / 2, rng),
            sock(look, 1));
  }
}

void draw_standing(const Pen& pen, const Look& look, const Build& build, Rng& rng) {
  const double length = rng.uniform(2.5, 3.1), ground = rng.uniform(2.6, 3.1);
  draw_tail(pen, look, build, {length - 0.15, 0.75}, rng);
  for (const double x : {0.35, length - 0.75}) {
    draw_leg(pen, look, {{x, 1.2}, ground - 1.3, build.leg * 0.95, 0.7}, rng);
  }
  pen.fur(tufted(smooth({{-0.4, 0.3},
                         {0.5, 0.2},
                         {length * 0.6, 0.38},
                         {length, 0.6},
                         {length + 0.05, 1.3},
                         {length * 0.6, 1.55},
                         {0.4, 1.8},
                         {-0.4, 1.5}}),
                 look.tuft, rng),
          {.colour = look.coat.base, .shade = 0.88});
  draw_bib(pen, look, {{-0.05, 1.15}, 0.36, 0.45}, rng);
  for (const double x : {-0.05, length - 0.3}) {
    draw_leg(pen, look, {{x, 1.25}, ground - 1.25, build.leg, 0.95}, rng);
  }
}

// How a rabbit stands: the back arched over folded hind legs, with long feet.
void draw_crouching(const Pen& pen, const Look& look, const Build& build, Rng& rng) {
  const double length = rng.uniform(2.2, 2.7), ground = rng.uniform(1.6, 1.95);
  draw_tail(pen, look, build, {length, ground - 0.5}, rng);
  pen.fur(tufted(smooth({{-0.45, 0.3},
                         {0.4, -0.1},
                         {length * 0.55, -0.4},
                         {length * 0.88, 0.0},
                         {length, ground - 0.75},
                         {length * 0.9, ground},
                         {0.2, ground - 0.1},
                         {-0.5, 1.2}}),
                 look.tuft, rng),
          {.colour = look.coat.base, .shade = 0.86});
  draw_bib(pen, look, {{-0.05, 1.1}, 0.36, 0.4}, rng);
  const Point haunch{length - 0.82, ground - 0.68};
  pen.fur(tufted(ellipse(haunch, 0.86, 0.74), look.tuft, rng),
          {.colour = look.coat.base, .shade = 0.95});
  pen.fur(ellipse({haunch.x - 0.25, ground - 0.06}, 0.8, 0.2), sock(look, 0.97));
  for (const double x : {-0.3, 0.2}) {
    draw_leg(pen, look, {{x, ground - 0.75}, 0.72, build.leg * 0.85, 0.95}, rng);
  }
}

void draw_collar(const Pen& pen, const Look& look) {
  const Outline band =
      smooth_path({{-0.66, 0.72}, {-0.35, 1.02}, {0, 1.12}, {0.35, 1.02}, {0.66, 0.72}});
  pen.line(band, 0.26, 0.26, mix(look.collar_colour, {0, 0, 0}, 0.5));
  pen.line(band, 0.2, 0.2, look.collar_colour);
  pen.fill(ellipse({0, 1.3}, 0.15, 0.15), {120, 90, 30});
  pen.fill(ellipse({0, 1.29}, 0.12, 0.12), {238, 204, 92});
}

}  // namespace

void draw_body(Canvas& canvas, const Look& look, Animal animal, Rng& rng) {
  const Pen pen(canvas, look.body_frame());
  const Build build = draw_build(animal, rng);
  switch (look.pose.body) {
    case Body::portrait: draw_portrait(pen, look, build, rng); break;
    case Body::sitting: draw_sitting(pen, look, build, rng); break;
    case Body::lying: draw_lying(pen, look, build, rng); break;
    case Body::standing:
      if (animal == Animal::rabbit) {
        draw_crouching(pen, look, build, rng);
      } else {
        draw_standing(pen, look, build, rng);
      }
      break;
  }
  pen.glow({0, 0.95}, 1.0, {0, 0, 0}, 0.35, 0.5);  // the head's shadow
  if (look.collar) draw_collar(pen, look);
}

}  // namespace catdog::synth
