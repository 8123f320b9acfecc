// SPDX-License-Identifier: Apache-2.0
#include "catdog/judge/evaluation.hpp"

#include <algorithm>
#include <cmath>

#include "catdog/judge/calibration.hpp"
#include "ranking.hpp"

namespace catdog {
namespace {

double share(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::vector<ClassFigures> class_figures(const std::vector<std::vector<int64_t>>& confusion) {
  std::vector<ClassFigures> figures;
  for (size_t label = 0; label < confusion.size(); ++label) {
    int64_t predicted = 0, present = 0;
    for (size_t other = 0; other < confusion.size(); ++other) {
      predicted += confusion[other][label];
      present += confusion[label][other];
    }
    const int64_t hits = confusion[label][label];
    figures.push_back({.n = present,
                       .precision = share(hits, predicted),
                       .recall = share(hits, present),
                       .f1 = share(2 * hits, predicted + present)});
  }
  return figures;
}

// The area below the ROC curve: the probability that a positive picture ranks above a negative one,
// half of the ties. Hanley and McNeil, Radiology 143, 1982.
double area_below_roc(const std::vector<Taken>& steps) {
  double area = 0;
  for (size_t i = 1; i < steps.size(); ++i) {
    area += static_cast<double>(steps[i].negatives - steps[i - 1].negatives) *
            static_cast<double>(steps[i].positives + steps[i - 1].positives) / 2;
  }
  return area / static_cast<double>(steps.back().negatives) /
         static_cast<double>(steps.back().positives);
}

// The mean precision over the positives, each at its own place in the ranking, without
// interpolation.
double mean_precision(const std::vector<Taken>& steps) {
  double sum = 0;
  for (size_t i = 1; i < steps.size(); ++i) {
    sum += static_cast<double>(steps[i].positives - steps[i - 1].positives) *
           share(steps[i].positives, steps[i].positives + steps[i].negatives);
  }
  return sum / static_cast<double>(steps.back().positives);
}

void add_ranking_figures(const Predictions& predictions, std::vector<ClassFigures>& classes) {
  for (size_t positive = 0; positive < classes.size(); ++positive) {
    const std::vector<Taken> steps = ranking(predictions, static_cast<int>(positive));
    if (steps.back().positives == 0 || steps.back().negatives == 0) continue;
    classes[positive].roc_auc = area_below_roc(steps);
    classes[positive].average_precision = mean_precision(steps);
  }
}

// Over the classes with images. None where one of them is none.
template <typename Figure>
std::optional<double> mean_of(const std::vector<ClassFigures>& classes, Figure figure) {
  double sum = 0;
  int64_t count = 0;
  for (const ClassFigures& figures : classes) {
    const std::optional<double> value = figures.*figure;
    if (figures.n == 0) continue;
    if (!value) return std::nullopt;
    sum += *value;
    ++count;
  }
  return sum / static_cast<double>(count);
}

}  // namespace

Interval wilson_interval(int64_t hits, int64_t n) {
  constexpr double z = 1.959963984540054;  // the normal distribution's 97.5 % quantile
  const auto count = static_cast<double>(n);
  const double p = static_cast<double>(hits) / count;
  const double centre = (p + z * z / (2 * count)) / (1 + z * z / count);
  const double half =
      z / (1 + z * z / count) * std::sqrt(p * (1 - p) / count + z * z / (4 * count * count));
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

ClassFigures mean_of_classes(const Evaluation& evaluation) {
  const std::vector<ClassFigures>& classes = evaluation.classes;
  return {.n = evaluation.n,
          .precision = *mean_of(classes, &ClassFigures::precision),
          .recall = *mean_of(classes, &ClassFigures::recall),
          .f1 = *mean_of(classes, &ClassFigures::f1),
          .roc_auc = mean_of(classes, &ClassFigures::roc_auc),
          .average_precision = mean_of(classes, &ClassFigures::average_precision)};
}

Evaluation evaluate(const Predictions& predictions) {
  Evaluation result;
  const auto classes = static_cast<size_t>(predictions.classes);
  result.confusion.assign(classes, std::vector<int64_t>(classes));
  result.n = predictions.count();
  for (int64_t i = 0; i < result.n; ++i) {
    const int label = predictions.labels[static_cast<size_t>(i)];
    const int predicted = predicted_class(predictions.scores_of(i));
    result.loss += cross_entropy(predictions.scores_of(i), label);
    result.hits += predicted == label ? 1 : 0;
    ++result.confusion[static_cast<size_t>(label)][static_cast<size_t>(predicted)];
  }
  result.loss /= static_cast<double>(result.n);
  result.accuracy = share(result.hits, result.n);
  result.interval = wilson_interval(result.hits, result.n);
  result.classes = class_figures(result.confusion);
  add_ranking_figures(predictions, result.classes);
  const ClassFigures whole = classes == 2 ? result.classes[1] : mean_of_classes(result);
  result.roc_auc = whole.roc_auc;
  result.average_precision = whole.average_precision;
  result.calibration_error = calibration_error(predictions);
  return result;
}

std::vector<RocPoint> roc_curve(const Predictions& predictions, int positive) {
  const std::vector<Taken> steps = ranking(predictions, positive);
  if (steps.back().positives == 0 || steps.back().negatives == 0) return {};
  std::vector<RocPoint> points;
  for (const Taken& taken : steps) {
    points.push_back({.false_positive_rate = share(taken.negatives, steps.back().negatives),
                      .true_positive_rate = share(taken.positives, steps.back().positives)});
  }
  return points;
}

bool is_small(const Evaluation& evaluation) {
  constexpr double kPoints = 0.05;
  return (evaluation.interval.high - evaluation.interval.low) / 2 > kPoints;
}

}  // namespace catdog
