// SPDX-License-Identifier: Apache-2.0
#include "catdog/judge/predictions.hpp"

#include <algorithm>
#include <cmath>

namespace catdog {

int predicted_class(std::span<const float> scores) {
  return static_cast<int>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

bool are_finite(std::span<const float> scores) {
  return std::all_of(scores.begin(), scores.end(), [](float x) { return std::isfinite(x); });
}

double cross_entropy(std::span<const float> scores, int label, double temperature) {
  const auto top = static_cast<size_t>(predicted_class(scores));
  double others = 0;  // of e^score, with the highest score as the origin
  for (size_t i = 0; i < scores.size(); ++i) {
    if (i != top) others += std::exp((double{scores[i]} - scores[top]) / temperature);
  }
  const double below_top = double{scores[top]} - scores[static_cast<size_t>(label)];
  return below_top / temperature + std::log1p(others);
}

std::vector<double> probabilities(std::span<const float> scores, double temperature) {
  std::vector<double> shares;
  for (size_t i = 0; i < scores.size(); ++i) {
    shares.push_back(std::exp(-cross_entropy(scores, static_cast<int>(i), temperature)));
  }
  return shares;
}

std::vector<float> scores_of_outputs(std::span<const float> outputs) {
  if (outputs.size() == 1) return {0, outputs[0]};
  return {outputs.begin(), outputs.end()};
}

void add_outputs(Predictions& predictions, std::span<const float> outputs, int label) {
  const std::vector<float> scores = scores_of_outputs(outputs);
  predictions.scores.insert(predictions.scores.end(), scores.begin(), scores.end());
  predictions.labels.push_back(label);
}

void add_logit(Predictions& predictions, float logit, int label) {
  add_outputs(predictions, std::span(&logit, 1), label);
}

}  // namespace catdog
