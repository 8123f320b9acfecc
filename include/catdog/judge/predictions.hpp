// SPDX-License-Identifier: Apache-2.0
// What a network said of pictures whose classes are known: all that it is judged by.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace catdog {

// In the order of the pictures; all scores are finite numbers. A network with one output z, for two
// classes, has the scores (0, z): the softmax of these is (1 - sigmoid(z), sigmoid(z)).
struct Predictions {
  int classes = 2;
  std::vector<float> scores = {};  // picture after picture, one a class
  std::vector<int> labels = {};    // the true classes, from 0

  int64_t count() const { return static_cast<int64_t>(labels.size()); }
  std::span<const float> scores_of(int64_t picture) const {
    const auto width = static_cast<size_t>(classes);
    return std::span(scores).subspan(static_cast<size_t>(picture) * width, width);
  }
};

// The predicted class: that of the highest score, the first of equals.
int predicted_class(std::span<const float> scores);

// Whether each score is a finite number: weights that are finite may still overflow.
bool are_finite(std::span<const float> scores);

// The softmax of the scores, each divided by `temperature`: probabilities, one a class.
std::vector<double> probabilities(std::span<const float> scores, double temperature = 1);

// -log of the probability of class `label`, in nats, without overflow.
double cross_entropy(std::span<const float> scores, int label, double temperature = 1);

// The scores that a network's outputs for one picture stand for: (0, z) where there is one alone.
std::vector<float> scores_of_outputs(std::span<const float> outputs);

// Adds a picture of whose classes there are predictions.classes.
void add_outputs(Predictions& predictions, std::span<const float> outputs, int label);
void add_logit(Predictions& predictions, float logit, int label);  // of class 1 against class 0

}  // namespace catdog
