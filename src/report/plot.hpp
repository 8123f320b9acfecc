// SPDX-License-Identifier: Apache-2.0
// What the page's figures share: axes, grid, and the way from values to SVG units. A figure is 440
// units wide and its letters 14 high, so that they can be read on a phone.
#pragma once

#include <string>

namespace catdog {

struct Axis {
  double low, high;
  double step;  // values are written at its multiples
};

// From a multiple of the step to one, with both values between them; the step is 1, 2 or 5 times a
// power of ten.
Axis round_axis(double low, double high);

// The round step that parts `span` into about five.
double round_step(double span);

// Where the plot lies in the figure, in SVG units; y grows downwards.
struct Box {
  double left = 64, right = 428, top = 10, bottom = 262;
};

class Plot {
 public:
  Plot(Axis across, Axis up, Box box = {}) : across_(across), up_(up), box_(box) {}

  double x(double value) const;
  double y(double value) const;

  // Lines with their values at the left, and what they show.
  std::string grid(const std::string& label) const;
  // The values across below the line `bottom`, and what they show.
  std::string ticks(const std::string& label, double bottom) const;

 private:
  Axis across_, up_;
  Box box_;
};

// The whole figure; `id` names its title in the page.
struct Figure {
  std::string id, title;
  double height;  // in SVG units
};
std::string svg_figure(const Figure& figure, const std::string& content);

// An element's text that browsers show at the mouse, and readers of screens say.
std::string svg_title(const std::string& text);

}  // namespace catdog
