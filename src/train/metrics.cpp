// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/metrics.hpp"

#include <algorithm>
#include <cmath>

namespace catdog {
namespace {

// -log of the probability that a logit gives to its label: log(1 + e^z) - y z, without overflow.
double cross_entropy(double logit, int label) {
  return std::max(logit, 0.0) - logit * label + std::log1p(std::exp(-std::abs(logit)));
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

Evaluation evaluate(const Predictions& predictions) {
  Evaluation result;
  result.n = static_cast<int64_t>(predictions.logits.size());
  for (size_t i = 0; i < predictions.logits.size(); ++i) {
    const int label = predictions.labels[i];
    result.loss += cross_entropy(predictions.logits[i], label);
    ++result.confusion[label][predictions.logits[i] > 0];
  }
  const auto count = static_cast<double>(result.n);
  const int64_t hits = result.confusion[0][0] + result.confusion[1][1];
  result.loss /= count;
  result.accuracy = static_cast<double>(hits) / count;
  result.interval = wilson_interval(hits, result.n);
  return result;
}

}  // namespace catdog
