// SPDX-License-Identifier: Apache-2.0
// What one drawn picture shows, and the steps that paint it. Everything in Look is drawn from the
// same distributions for all animals: only shapes may tell them apart.
#pragma once

#include "catdog/pictures/picture.hpp"
#include "catdog/pictures/synth.hpp"
#include "synth_canvas.hpp"

namespace catdog::synth {

enum class Pattern { plain, stripes, patches, spots, mask };
enum class Body { portrait, sitting, lying, standing };

struct Coat {
  Colour base, second;
  Pattern pattern;
  bool light_muzzle, bib, socks, blaze, second_ears;
};

struct Pose {
  Point head;         // scene units
  double radius;      // of the head, scene units
  double tilt_rad;    // of the head
  double yaw, pitch;  // where the face looks, -1 … 1; moves what stands out more
  Body body;
  bool mirrored;
};

struct Look {
  Coat coat;
  Pose pose;
  double tuft;  // how shaggy, head radii
  Point light;
  bool eyes_closed, collar;
  Colour collar_colour;

  Frame head_frame() const { return {pose.head, pose.radius, pose.tilt_rad, pose.mirrored}; }
  Frame body_frame() const { return {pose.head, pose.radius, 0.2 * pose.tilt_rad, pose.mirrored}; }
  // Colour of lines and noses on fur: darker than any coat.
  Colour ink() const { return mix(coat.base, {18, 14, 16}, 0.82); }
  // Fur in the colour of the muzzle and the chest.
  Colour light_fur() const;
};

Look draw_look(Rng& rng);
Colour any_colour(Rng& rng);

// The coat with its pattern, spread where the animal will be.
void draw_coat(Canvas& canvas, const Look& look, Rng& rng);
void draw_backdrop(Canvas& canvas, const Look& look, Rng& rng);
void draw_clutter(Canvas& canvas, const Look& look, Rng& rng);
void draw_body(Canvas& canvas, const Look& look, Animal animal, Rng& rng);
void draw_cat_head(const Pen& pen, const Look& look, Rng& rng);
void draw_dog_head(const Pen& pen, const Look& look, Rng& rng);
void draw_rabbit_head(const Pen& pen, const Look& look, Rng& rng);
void draw_foreground(Canvas& canvas, const Look& look, Rng& rng);
// Light, lens and sensor: from the large canvas to the picture.
Picture take_photo(const Canvas& canvas, int size_px, Rng& rng, Rng& sensor);

}  // namespace catdog::synth
