// SPDX-License-Identifier: Apache-2.0
// Lines over the epochs, as one SVG element.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace catdog {

inline constexpr int kColours = 6;  // the page's --line0 … --line5; beyond, they repeat

struct Curve {
  std::string label;
  int colour;        // from 0; beyond kColours they repeat
  bool dashed;       // training; validation is a full line
  std::string mark;  // stands on the line, for those who do not tell colours apart; or empty
  std::vector<std::pair<int, double>> points;  // (epoch, value)
};

// What it shows, "accuracy" or "loss", is its id too. Some curve has a point.
std::string curves_figure(const std::string& quantity, const std::vector<Curve>& curves);

}  // namespace catdog
