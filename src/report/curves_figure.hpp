// SPDX-License-Identifier: Apache-2.0
// Lines over the epochs, as one SVG element.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace catdog {

struct Curve {
  std::string label;
  int colour;   // 0 to 5: the page's --line0 … --line5; beyond, they repeat
  bool dashed;  // training; validation is a full line
  std::vector<std::pair<int, double>> points;  // (epoch, value)
};

// `id` names the figure's title in the page. Some curve has a point.
std::string curves_figure(const std::string& id, const std::string& title,
                          const std::vector<Curve>& curves);

}  // namespace catdog
