// SPDX-License-Identifier: Apache-2.0
// Several classifiers, from what they say of the same pictures: whether one is better than another,
// and what they say together.
#pragma once

#include <cstdint>
#include <vector>

#include "catdog/judge/predictions.hpp"

namespace catdog {

struct Comparison {
  int64_t only_first = 0;   // pictures that the first alone tells rightly
  int64_t only_second = 0;  // and the second alone
  double p_value = 1;       // of a difference as large as this, or larger, if neither were better
};

// McNemar's test, exact and two-sided: McNemar, "Note on the sampling error of the difference
// between correlated proportions or percentages", Psychometrika 12, 1947; the number that the first
// alone tells rightly is binomial with 1/2 if neither is better. Both are of the same pictures.
Comparison compare(const Predictions& first, const Predictions& second);

// What several classifiers say together: scores whose softmax is the mean of their probabilities.
// All are of the same pictures; there is at least one.
Predictions mean_of(const std::vector<Predictions>& classifiers);

}  // namespace catdog
