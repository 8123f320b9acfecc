// SPDX-License-Identifier: Apache-2.0
// Predictions that scikit-learn judged too: the same numbers are easily made in any language.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "catdog/judge/predictions.hpp"

namespace catdog {

// s ← (1103515245 · s + 12345) mod 2³¹, as shares of 2³¹.
inline std::vector<double> congruential(int count, uint64_t s) {
  std::vector<double> numbers;
  for (int i = 0; i < count; ++i) {
    s = (s * 1103515245 + 12345) % (uint64_t{1} << 31);
    numbers.push_back(static_cast<double>(s) / 2147483648.0);
  }
  return numbers;
}

// 200 pictures of two classes, logits in quarters so that many are equal.
inline Predictions two_classes() {
  constexpr int kCount = 200;
  const std::vector<double> u = congruential(2 * kCount, 7);
  Predictions predictions;
  for (int i = 0; i < kCount; ++i) {
    const int label = u[i] > 0.45 ? 1 : 0;
    const double logit = std::nearbyint((2 * label - 1) * 1.5 + (u[kCount + i] - 0.5) * 12) / 4;
    add_logit(predictions, static_cast<float>(logit), label);
  }
  return predictions;
}

// 150 of three.
inline Predictions three_classes() {
  constexpr int kCount = 150;
  const std::vector<double> u = congruential(4 * kCount, 11);
  Predictions predictions{.classes = 3};
  for (int i = 0; i < kCount; ++i) {
    const int label = static_cast<int>(u[i] * 3);
    for (int k = 0; k < 3; ++k) {
      const double score = (u[kCount + 3 * i + k] - 0.5) * 6 + (k == label ? 1.5 : 0);
      predictions.scores.push_back(static_cast<float>(score));
    }
    predictions.labels.push_back(label);
  }
  return predictions;
}

}  // namespace catdog
