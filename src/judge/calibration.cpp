// SPDX-License-Identifier: Apache-2.0
#include "catdog/judge/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace catdog {
namespace {

// The derivative of the summed cross-entropy by the inverse temperature, which grows with it: the
// mean score under the probabilities less the score of the true class.
double slope_at(const Predictions& predictions, double inverse_temperature) {
  double slope = 0;
  for (int64_t i = 0; i < predictions.count(); ++i) {
    const std::span<const float> scores = predictions.scores_of(i);
    const std::vector<double> shares = probabilities(scores, 1 / inverse_temperature);
    for (size_t k = 0; k < scores.size(); ++k) slope += shares[k] * scores[k];
    slope -= scores[static_cast<size_t>(predictions.labels[static_cast<size_t>(i)])];
  }
  return slope;
}

double best_temperature(const Predictions& predictions) {
  constexpr int kHalvings = 50;
  double low = 0.01, high = 100;  // of the inverse
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = std::sqrt(low * high);
    (slope_at(predictions, middle) < 0 ? low : high) = middle;
  }
  return 1 / std::sqrt(low * high);
}

double probability_of_second(const Predictions& predictions, int64_t picture) {
  return probabilities(predictions.scores_of(picture))[1];
}

// Between any two neighbouring probabilities one threshold is as good as another: the middle.
double best_threshold(const Predictions& predictions) {
  std::vector<std::pair<double, int>> pictures;
  for (int64_t i = 0; i < predictions.count(); ++i) {
    pictures.emplace_back(probability_of_second(predictions, i),
                          predictions.labels[static_cast<size_t>(i)]);
  }
  std::sort(pictures.begin(), pictures.end());
  // With all predicted as class 1, and then one more at a time as class 0.
  int64_t hits = std::count(predictions.labels.begin(), predictions.labels.end(), 1);
  int64_t best_hits = -1;
  double best = 0.5;
  const auto consider = [&](double low, double high) {
    const double threshold = low < 0.5 && 0.5 < high ? 0.5 : (low + high) / 2;
    const bool nearer = std::abs(threshold - 0.5) < std::abs(best - 0.5);
    if (hits < best_hits || (hits == best_hits && !nearer)) return;
    best_hits = hits;
    best = threshold;
  };
  if (pictures.front().first > 0) consider(0, pictures.front().first);
  for (size_t i = 0; i < pictures.size(); ++i) {
    hits += pictures[i].second == 0 ? 1 : -1;
    const double next = i + 1 < pictures.size() ? pictures[i + 1].first : 1;
    if (next > pictures[i].first || i + 1 == pictures.size()) consider(pictures[i].first, next);
  }
  return best;
}

}  // namespace

std::vector<ReliabilityBin> reliability_bins(const Predictions& predictions, double temperature,
                                             int bins) {
  std::vector<ReliabilityBin> sums(static_cast<size_t>(bins));
  for (int64_t i = 0; i < predictions.count(); ++i) {
    const std::span<const float> scores = predictions.scores_of(i);
    const int predicted = predicted_class(scores);
    const double confidence = std::exp(-cross_entropy(scores, predicted, temperature));
    const int bin = std::clamp(static_cast<int>(std::ceil(confidence * bins)) - 1, 0, bins - 1);
    ReliabilityBin& sum = sums[static_cast<size_t>(bin)];
    ++sum.count;
    sum.confidence += confidence;
    sum.accuracy += predicted == predictions.labels[static_cast<size_t>(i)] ? 1 : 0;
  }
  for (ReliabilityBin& sum : sums) {
    if (sum.count == 0) continue;
    sum.confidence /= static_cast<double>(sum.count);
    sum.accuracy /= static_cast<double>(sum.count);
  }
  return sums;
}

double calibration_error(const Predictions& predictions, double temperature) {
  double error = 0;
  for (const ReliabilityBin& bin : reliability_bins(predictions, temperature)) {
    error += static_cast<double>(bin.count) * std::abs(bin.accuracy - bin.confidence);
  }
  return error / static_cast<double>(predictions.count());
}

Calibration calibrate(const Predictions& validation) {
  Calibration calibration = {.temperature = best_temperature(validation), .threshold = 0.5};
  if (validation.classes == 2) calibration.threshold = best_threshold(validation);
  return calibration;
}

double accuracy_at(const Predictions& predictions, double threshold) {
  int64_t hits = 0;
  for (int64_t i = 0; i < predictions.count(); ++i) {
    const int predicted = probability_of_second(predictions, i) > threshold ? 1 : 0;
    hits += predicted == predictions.labels[static_cast<size_t>(i)] ? 1 : 0;
  }
  return static_cast<double>(hits) / static_cast<double>(predictions.count());
}

}  // namespace catdog
