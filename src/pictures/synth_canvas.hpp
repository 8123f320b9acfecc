// SPDX-License-Identifier: Apache-2.0
// A small drawing board for the drawn animals: smooth outlines, soft glows and fur. Coordinates
// are scene units (the picture is 1 × 1, y down), so that a scene is the same at every size.
#pragma once

#include <array>
#include <cstdint>
#include <opencv2/core.hpp>
#include <vector>

#include "catdog/core/random.hpp"

namespace catdog::synth {

using Point = cv::Point2d;
using Outline = std::vector<Point>;

struct Colour {
  double red, green, blue;  // 0 … 255

  constexpr double& operator[](int c) { return c == 0 ? red : c == 1 ? green : blue; }
  constexpr double operator[](int c) const { return c == 0 ? red : c == 1 ? green : blue; }
};

// Two random draws must not stand in one expression whose order the language leaves open (operands
// of +, arguments in round brackets); inside {} the order is fixed.
inline bool chance(Rng& rng, double probability) { return rng.uniform() < probability; }

double luminance(const Colour& colour);
Colour mix(const Colour& a, const Colour& b, double share_of_b);

// A closed Catmull-Rom curve through the points; an open one for a path.
Outline smooth(const Outline& controls, int steps = 6);
Outline smooth_path(const Outline& controls, int steps = 6);
Outline ellipse(Point centre, double radius_x, double radius_y, double angle_rad = 0);
Outline box(Point low, Point high);
// The path as a strip whose width goes from one value to the other.
Outline strip(const Outline& path, double width_start, double width_end);
Outline moved(Outline outline, Point by);
Outline mirrored(Outline outline);  // x becomes -x
// The outline moved outwards by a distance.
Outline grown(const Outline& outline, double by);
// The outline with small tufts of hair.
Outline tufted(const Outline& outline, double height, Rng& rng);
// A rounded random lump around a centre.
Outline lump(Point centre, double radius, Rng& rng);

// Places local coordinates (a head, a body) in the scene.
struct Frame {
  Point origin{0, 0};
  double scale = 1;
  double angle_rad = 0;
  bool mirrored = false;

  Point at(Point local) const;
  Outline at(const Outline& local) const;
};

// How a part of the animal is covered.
struct Fur {
  Colour colour;
  double own_colour = 0;  // 0: the canvas' coat shows; 1: `colour` covers it
  double shade = 1;       // brightness of the part
  double edge = 0.03;     // width of the dark rim, local units; 0 for none
  double texture = 0.5;   // how strongly single hairs show
};

class Canvas {
 public:
  explicit Canvas(int side_px);

  const cv::Mat& pixels() const { return pixels_; }
  int side_px() const { return pixels_.cols; }
  // What has been drawn so far becomes the coat that fur() shows; the next scene covers it.
  void keep_as_coat() { coat_ = pixels_.clone(); }
  // Where the light comes from (its length is its strength) and how dark the rims are.
  void set_light(Point light, double rim) { light_ = light, rim_ = rim; }

  void clear(const Colour& colour);
  void fill(const Outline& outline, const Colour& colour, double alpha = 1);
  // From one colour at `from` to the other at `to`, straight in between.
  struct Gradient {
    Point from, to;
    Colour first, second;
  };
  void fill(const Outline& outline, const Gradient& gradient);
  // A round spot that fades towards its rim.
  void glow(const Frame& place, const Colour& colour, double alpha, double flatness = 1);
  void fur(const Outline& outline, const Fur& fur, double unit);
  // Multiplies what lies inside by noise: plaster, carpet, meadow.
  void grain(const Outline& outline, double strength, double zoom);
  // Until unclip(), nothing outside the outline changes.
  void clip_to(const Outline& outline);
  void unclip() { clipped_ = false; }

 private:
  cv::Rect cover(cv::Mat& mask, const Outline& outline) const;
  template <class Shader>
  void blend(const cv::Rect& area, double alpha, const Shader& shader);

  cv::Mat pixels_, mask_, clip_, coat_, hairs_;
  Point light_{0, 0};
  double rim_ = 0.5;
  bool clipped_ = false;
};

// A canvas seen through a frame.
class Pen {
 public:
  Pen(Canvas& canvas, const Frame& frame) : canvas_(canvas), frame_(frame) {}

  Canvas& canvas() const { return canvas_; }
  const Frame& frame() const { return frame_; }
  void fill(const Outline& local, const Colour& colour, double alpha = 1) const {
    canvas_.fill(frame_.at(local), colour, alpha);
  }
  void line(const Outline& path, double width_start, double width_end, const Colour& colour,
            double alpha = 1) const {
    fill(strip(path, width_start, width_end), colour, alpha);
  }
  void fur(const Outline& local, const Fur& fur) const {
    canvas_.fur(frame_.at(local), fur, frame_.scale);
  }
  // A soft ellipse; `flatness` is its height over its width.
  void glow(Point centre, double radius, const Colour& colour, double alpha,
            double flatness = 1) const;
  void clip_to(const Outline& local) const { canvas_.clip_to(frame_.at(local)); }
  void unclip() const { canvas_.unclip(); }

 private:
  Canvas& canvas_;
  Frame frame_;
};

}  // namespace catdog::synth
