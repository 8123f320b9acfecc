// SPDX-License-Identifier: Apache-2.0
#include "ranking.hpp"

#include <algorithm>
#include <utility>

namespace catdog {

std::vector<Taken> ranking(const Predictions& predictions, int positive) {
  std::vector<std::pair<double, bool>> pictures;  // -log probability, whether it is positive
  for (int64_t i = 0; i < predictions.count(); ++i) {
    pictures.emplace_back(cross_entropy(predictions.scores_of(i), positive),
                          predictions.labels[static_cast<size_t>(i)] == positive);
  }
  std::sort(pictures.begin(), pictures.end());
  std::vector<Taken> steps(1);
  Taken taken;
  for (size_t i = 0; i < pictures.size(); ++i) {
    ++(pictures[i].second ? taken.positives : taken.negatives);
    const bool more_of_this_score =
        i + 1 < pictures.size() && pictures[i + 1].first == pictures[i].first;
    if (!more_of_this_score) steps.push_back(taken);
  }
  return steps;
}

}  // namespace catdog
