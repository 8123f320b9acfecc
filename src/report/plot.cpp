// SPDX-License-Identifier: Apache-2.0
#include "plot.hpp"

#include <spdlog/fmt/fmt.h>

#include <cmath>
#include <vector>

#include "html.hpp"

namespace catdog {
namespace {

// The multiples of the step on the axis.
std::vector<double> marks_of(const Axis& axis) {
  constexpr double kRounding = 1e-6;
  const double first = std::ceil(axis.low / axis.step - kRounding);
  const double last = std::floor(axis.high / axis.step + kRounding);
  std::vector<double> marks;
  for (double k = first; k <= last; ++k) marks.push_back(k == 0 ? 0 : k * axis.step);
  return marks;
}

}  // namespace

double round_step(double span) {
  const double power = std::pow(10, std::floor(std::log10(span / 5)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (span / (factor * power) <= 6) return factor * power;
  }
  return 10 * power;
}

Axis round_axis(double low, double high) {
  if (!(high - low > 1e-9)) {
    low -= 0.5;
    high += 0.5;
  }
  const double step = round_step(high - low);
  return {std::floor(low / step) * step, std::ceil(high / step) * step, step};
}

double Plot::x(double value) const {
  return box_.left +
         (box_.right - box_.left) * (value - across_.low) / (across_.high - across_.low);
}

double Plot::y(double value) const {
  return box_.bottom - (box_.bottom - box_.top) * (value - up_.low) / (up_.high - up_.low);
}

std::string Plot::grid(const std::string& label) const {
  std::string svg;
  for (const double value : marks_of(up_)) {
    svg += fmt::format(
        "<path class=\"grid\" d=\"M{} {:.1f}H{}\"/><text x=\"{}\" y=\"{:.1f}\" "
        "text-anchor=\"end\">{:.6g}</text>\n",
        box_.left, y(value), box_.right, box_.left - 5, y(value) + 5, value);
  }
  return svg + fmt::format(
                   "<text transform=\"translate(11 {}) rotate(-90)\" "
                   "text-anchor=\"middle\">{}</text>\n",
                   (box_.top + box_.bottom) / 2, html_escaped(label));
}

std::string Plot::ticks(const std::string& label, double bottom) const {
  std::string svg;
  for (const double value : marks_of(across_)) {
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{:.6g}</text>\n",
                       x(value), bottom + 18, value);
  }
  return svg + fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                           (box_.left + box_.right) / 2, bottom + 38, html_escaped(label));
}

std::string svg_title(const std::string& text) {
  return "<title>" + html_escaped(text) + "</title>";
}

std::string svg_figure(const Figure& figure, const std::string& content) {
  return fmt::format(
      "<svg viewBox=\"0 0 440 {}\" role=\"img\" aria-labelledby=\"{}\"><title "
      "id=\"{}\">{}</title>\n"
      "{}</svg>\n",
      figure.height, figure.id, figure.id, html_escaped(figure.title), content);
}

}  // namespace catdog
