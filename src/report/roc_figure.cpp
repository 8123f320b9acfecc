// SPDX-License-Identifier: Apache-2.0
#include "roc_figure.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <utility>

#include "catdog/judge/evaluation.hpp"
#include "curves_figure.hpp"
#include "html.hpp"
#include "plot.hpp"

namespace catdog {
namespace {

// Whether `b` lies on the straight line from `a` to `c`; steps go along one axis for long.
bool is_between(const RocPoint& a, const RocPoint& b, const RocPoint& c) {
  return (a.false_positive_rate == b.false_positive_rate &&
          b.false_positive_rate == c.false_positive_rate) ||
         (a.true_positive_rate == b.true_positive_rate &&
          b.true_positive_rate == c.true_positive_rate);
}

std::string points_of(const Plot& plot, const std::vector<RocPoint>& curve) {
  std::string points, last;
  for (size_t i = 0; i < curve.size(); ++i) {
    const bool is_inner = i > 0 && i + 1 < curve.size();
    if (is_inner && is_between(curve[i - 1], curve[i], curve[i + 1])) continue;
    std::string point = fmt::format("{:.1f},{:.1f} ", plot.x(curve[i].false_positive_rate),
                                    plot.y(curve[i].true_positive_rate));
    if (point == last) continue;  // many pictures make steps that nobody sees
    points += point;
    last = std::move(point);
  }
  return points;
}

// A number on the curve; each at a place of its own along it, so that those of curves that meet
// stay apart.
std::string mark(const Plot& plot, const std::vector<RocPoint>& curve, size_t place, size_t count) {
  const double rate = static_cast<double>(place + 1) / static_cast<double>(count + 1);
  const auto at = std::find_if(curve.begin(), curve.end(), [&](const RocPoint& point) {
    return point.false_positive_rate >= rate;
  });
  return fmt::format(
      "<text class=\"mark\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" "
      "style=\"fill:var(--line{})\">{}</text>\n",
      plot.x(at->false_positive_rate), plot.y(at->true_positive_rate) + 5, place % kColours,
      place + 1);
}

}  // namespace

std::vector<int> roc_classes(const Predictions& predictions) {
  std::vector<int> classes;
  for (int label = predictions.classes == 2 ? 1 : 0; label < predictions.classes; ++label) {
    if (!roc_curve(predictions, label).empty()) classes.push_back(label);
  }
  return classes;
}

std::string roc_figure(const std::string& id, const NamedPredictions& named) {
  const Box box;
  const Plot plot({0, 1, 0.2}, {0, 1, 0.2}, box);
  std::string content =
      plot.grid("true positive rate") + plot.ticks("false positive rate", box.bottom) +
      fmt::format("<path class=\"diagonal\" d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\"/>\n", plot.x(0),
                  plot.y(0), plot.x(1), plot.y(1));
  const std::vector<int> labels = roc_classes(named.predictions);
  std::string marks;  // above all lines
  for (size_t place = 0; place < labels.size(); ++place) {
    const std::vector<RocPoint> curve = roc_curve(named.predictions, labels[place]);
    content += fmt::format(
        "<polyline class=\"line{}\" style=\"stroke:var(--line{})\" points=\"{}\">{}</polyline>\n",
        place / kColours % 2 == 1 ? " dashed" : "", place % kColours, points_of(plot, curve),
        svg_title(named.classes[static_cast<size_t>(labels[place])] + " against the rest"));
    if (labels.size() > 1) marks += mark(plot, curve, place, labels.size());
  }
  content += marks;
  return svg_figure({.id = id, .title = "ROC curve", .height = 308}, content);
}

}  // namespace catdog
