// SPDX-License-Identifier: Apache-2.0
#include "catdog/judge/comparison.hpp"

#include <algorithm>
#include <cmath>

namespace catdog {
namespace {

// The probability of k or fewer heads in n throws of a coin.
double at_most(int64_t k, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i <= k; ++i) {
    sum += std::exp(std::lgamma(n + 1.0) - std::lgamma(i + 1.0) - std::lgamma(n - i + 1.0) -
                    static_cast<double>(n) * std::log(2.0));
  }
  return sum;
}

}  // namespace

Comparison compare(const Predictions& first, const Predictions& second) {
  Comparison result;
  for (int64_t i = 0; i < first.count(); ++i) {
    const int label = first.labels[static_cast<size_t>(i)];
    const bool first_hits = predicted_class(first.scores_of(i)) == label;
    const bool second_hits = predicted_class(second.scores_of(i)) == label;
    result.only_first += first_hits && !second_hits ? 1 : 0;
    result.only_second += second_hits && !first_hits ? 1 : 0;
  }
  const int64_t fewer = std::min(result.only_first, result.only_second);
  result.p_value = std::min(1.0, 2 * at_most(fewer, result.only_first + result.only_second));
  return result;
}

Predictions mean_of(const std::vector<Predictions>& classifiers) {
  Predictions mean = classifiers.front();
  for (int64_t i = 0; i < mean.count(); ++i) {
    std::vector<double> sums(static_cast<size_t>(mean.classes));
    for (const Predictions& each : classifiers) {
      const std::vector<double> shares = probabilities(each.scores_of(i));
      for (size_t label = 0; label < sums.size(); ++label) sums[label] += shares[label];
    }
    for (size_t label = 0; label < sums.size(); ++label) {
      constexpr double kLeast = 1e-300;  // whose logarithm is a float
      const double share = sums[label] / static_cast<double>(classifiers.size());
      mean.scores[static_cast<size_t>(i) * sums.size() + label] =
          static_cast<float>(std::log(std::max(share, kLeast)));
    }
  }
  return mean;
}

}  // namespace catdog
