// SPDX-License-Identifier: Apache-2.0
// Figures that judge a classifier, from its predictions alone. Each picture counts once.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "catdog/judge/predictions.hpp"

namespace catdog {

struct Interval {
  double low;
  double high;
};

// The 95 % score interval of a proportion, hits of n, n >= 1. Wilson, "Probable inference, the law
// of succession, and statistical inference", JASA 22, 1927.
Interval wilson_interval(int64_t hits, int64_t n);

// Of one class against the others.
struct ClassFigures {
  int64_t n = 0;  // images of the class
  // 0 where nothing was predicted, or nothing is, of that class.
  double precision = 0;  // share of the class among what was predicted as it
  double recall = 0;     // share predicted as it among the class
  double f1 = 0;         // their harmonic mean
  // By the probability of it. None where no picture, or every picture, is of that class.
  std::optional<double> roc_auc = {};
  std::optional<double> average_precision = {};
};

struct Evaluation {
  int64_t n = 0;
  int64_t hits = 0;
  double loss = 0;                                   // mean cross-entropy, nats
  double accuracy = 0;                               // hits / n
  Interval interval{};                               // of the accuracy
  std::vector<std::vector<int64_t>> confusion = {};  // [true class][predicted class]
  std::vector<ClassFigures> classes = {};
  // Of two classes, the second against the first; of more, the mean of each against the rest. None
  // where a class has no picture, or all.
  std::optional<double> roc_auc = {};
  std::optional<double> average_precision = {};
  double calibration_error = 0;  // see calibration.hpp
};

// The figures of the classes with images, averaged with equal weights ("macro"); none where one of
// those has none.
ClassFigures mean_of_classes(const Evaluation& evaluation);

// `predictions` are not empty.
Evaluation evaluate(const Predictions& predictions);

// One point for each number of pictures taken as positive, from none to all, those of equal score
// together.
struct RocPoint {
  double false_positive_rate, true_positive_rate;  // shares of the negatives, of the positives
};
// Of class `positive` against the rest, by the probability of it; empty where either side is.
std::vector<RocPoint> roc_curve(const Predictions& predictions, int positive);

// Whether two proportions of so few pictures can hardly be told apart: half of the accuracy's
// interval is wider than five points.
bool is_small(const Evaluation& evaluation);

}  // namespace catdog
