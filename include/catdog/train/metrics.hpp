// SPDX-License-Identifier: Apache-2.0
// Figures that judge a classifier of two classes.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace catdog {

// A mean weighted by the size of each batch, as Keras averages over an epoch.
class Average {
 public:
  void add(double batch_mean, int64_t batch_size) {
    sum_ += batch_mean * static_cast<double>(batch_size);
    count_ += batch_size;
  }
  // NaN if nothing was added.
  double value() const { return sum_ / static_cast<double>(count_); }
  int64_t count() const { return count_; }

 private:
  double sum_ = 0;
  int64_t count_ = 0;
};

struct Interval {
  double low;
  double high;
};

// The 95 % score interval of a proportion, hits of n, n >= 1. Wilson, "Probable inference, the law
// of succession, and statistical inference", JASA 22, 1927.
Interval wilson_interval(int64_t hits, int64_t n);

// The network's answer to every picture of a folder, in the folder's order.
struct Predictions {
  std::vector<float> logits;  // sigmoid(logit): probability of class 1
  std::vector<int> labels;    // 0 or 1
};

struct Evaluation {
  int64_t n = 0;
  double loss = 0;      // mean binary cross-entropy, nats
  double accuracy = 0;  // share of pictures with (probability > 1/2) == label
  Interval interval{};  // of the accuracy
  std::array<std::array<int64_t, 2>, 2> confusion{};  // [true class][predicted class]
};

// Each picture counts once; predictions are not empty.
Evaluation evaluate(const Predictions& predictions);

}  // namespace catdog
