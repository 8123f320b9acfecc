// SPDX-License-Identifier: Apache-2.0
#include "curves_figure.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

#include "html.hpp"
#include "plot.hpp"

namespace catdog {
namespace {

std::string line(const Plot& plot, const Curve& curve) {
  std::string points;
  for (const auto& [epoch, value] : curve.points) {
    points += fmt::format("{:.1f},{:.1f} ", plot.x(epoch), plot.y(value));
  }
  std::string svg = fmt::format(
      "<polyline class=\"line{}\" style=\"stroke:var(--line{})\" points=\"{}\">{}</polyline>\n",
      curve.dashed ? " dashed" : "", curve.colour % kColours, points, svg_title(curve.label));
  if (curve.points.size() == 1) {  // a line of one point cannot be seen
    const auto& [epoch, value] = curve.points.front();
    svg += fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" style=\"fill:{};stroke:var(--line{})\"/>\n",
        plot.x(epoch), plot.y(value),
        curve.dashed ? "none" : fmt::format("var(--line{})", curve.colour % kColours),
        curve.colour % kColours);
  }
  return svg;
}

// Each at a place of its own along the epochs, so that marks of lines that meet stay apart.
std::string mark(const Plot& plot, const Curve& curve, size_t number, size_t count) {
  if (curve.mark.empty()) return "";
  const auto& [epoch, value] = curve.points[curve.points.size() * (number + 1) / (count + 1)];
  return fmt::format(
      "<text class=\"mark\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" "
      "style=\"fill:var(--line{})\">{}</text>\n",
      plot.x(epoch), plot.y(value) + 5, curve.colour % kColours, html_escaped(curve.mark));
}

}  // namespace

std::string curves_figure(const std::string& quantity, const std::vector<Curve>& curves) {
  double low = HUGE_VAL, high = -HUGE_VAL;
  int last = 2;
  for (const Curve& curve : curves) {
    for (const auto& [epoch, value] : curve.points) {
      low = std::min(low, value);
      high = std::max(high, value);
      last = std::max(last, epoch);
    }
  }
  const Box box;
  const Plot plot({1.0, static_cast<double>(last), std::max(1.0, round_step(last))},
                  round_axis(low, high), box);
  std::string content = plot.grid(quantity) + plot.ticks("epoch", box.bottom);
  for (const Curve& curve : curves) content += line(plot, curve);
  for (size_t i = 0; i < curves.size(); ++i) content += mark(plot, curves[i], i, curves.size());
  return svg_figure({.id = quantity, .title = quantity + " by epoch", .height = 308}, content);
}

}  // namespace catdog
