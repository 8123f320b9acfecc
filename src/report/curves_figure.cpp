// SPDX-License-Identifier: Apache-2.0
#include "curves_figure.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

#include "html.hpp"

namespace catdog {
namespace {

constexpr double kLeft = 48, kRight = 590, kTop = 12, kBottom = 290;  // the plot, in SVG units
constexpr int kColours = 6;

// The round step (1, 2 or 5 times a power of ten) that parts `span` into about five.
double round_step(double span) {
  const double power = std::pow(10, std::floor(std::log10(span / 5)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (span / (factor * power) <= 6) return factor * power;
  }
  return 10 * power;
}

struct Axis {
  double low, high, step;
};

Axis axis_of(double low, double high) {
  if (!(high - low > 1e-9)) {
    low -= 0.5;
    high += 0.5;
  }
  const double step = round_step(high - low);
  return {std::floor(low / step) * step, std::ceil(high / step) * step, step};
}

}  // namespace

std::string curves_figure(const std::string& id, const std::string& title,
                          const std::vector<Curve>& curves) {
  double low = HUGE_VAL, high = -HUGE_VAL;
  int last = 2;
  for (const Curve& curve : curves) {
    for (const auto& [epoch, value] : curve.points) {
      low = std::min(low, value);
      high = std::max(high, value);
      last = std::max(last, epoch);
    }
  }
  const Axis axis = axis_of(low, high);
  const auto x = [&](double epoch) { return kLeft + (kRight - kLeft) * (epoch - 1) / (last - 1); };
  const auto y = [&](double value) {
    return kBottom - (kBottom - kTop) * (value - axis.low) / (axis.high - axis.low);
  };
  std::string svg = fmt::format(
      "<svg viewBox=\"0 0 600 330\" role=\"img\" aria-labelledby=\"{0}\">"
      "<title id=\"{0}\">{1}</title>\n",
      id, html_escaped(title));
  const int steps = static_cast<int>(std::lround((axis.high - axis.low) / axis.step));
  for (int i = 0; i <= steps; ++i) {
    const double value = axis.low + i * axis.step;
    svg += fmt::format(
        "<path class=\"grid\" d=\"M{} {:.1f}H{}\"/><text x=\"42\" y=\"{:.1f}\" "
        "text-anchor=\"end\">{:.6g}</text>\n",
        kLeft, y(value), kRight, y(value) + 4, std::abs(value) < axis.step / 2 ? 0 : value);
  }
  const int stride = std::max(1, static_cast<int>(std::ceil(round_step(last))));
  for (int epoch = stride; epoch <= last; epoch += stride) {
    svg += fmt::format("<text x=\"{:.1f}\" y=\"308\" text-anchor=\"middle\">{}</text>\n", x(epoch),
                       epoch);
  }
  svg += "<text x=\"319\" y=\"326\" text-anchor=\"middle\">epoch</text>\n";
  for (const Curve& curve : curves) {
    std::string points;
    for (const auto& [epoch, value] : curve.points) {
      points += fmt::format("{:.1f},{:.1f} ", x(epoch), y(value));
    }
    svg += fmt::format(
        "<polyline class=\"line{}\" style=\"stroke:var(--line{})\" points=\"{}\"><title>{}</title>"
        "</polyline>\n",
        curve.dashed ? " dashed" : "", curve.colour % kColours, points, html_escaped(curve.label));
  }
  return svg + "</svg>\n";
}

}  // namespace catdog
