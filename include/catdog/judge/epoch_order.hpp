// SPDX-License-Identifier: Apache-2.0
// Which epoch of a run is the best, and which of two runs: training, the list of runs, the report
// and a series decide by this one rule.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace catdog {

// A metric as metrics.csv holds it: six significant digits.
std::string metric_text(double value);

// An epoch's metrics on the validation images.
struct ValidationMetrics {
  double accuracy, loss;
};

// Whether `a` is better than `b`: the higher accuracy, of equal ones the lower loss. Numbers count
// as metric_text() writes them, so that training and a reader of metrics.csv agree. A metric that
// is not a number is worse than every number.
bool is_better(const ValidationMetrics& a, const ValidationMetrics& b);

// The best of `epochs`, which is not empty; the first of equals. An epoch has val_accuracy and
// val_loss.
template <class Epoch>
const Epoch& best_of(const std::vector<Epoch>& epochs) {
  return *std::max_element(epochs.begin(), epochs.end(), [](const Epoch& a, const Epoch& b) {
    return is_better({b.val_accuracy, b.val_loss}, {a.val_accuracy, a.val_loss});
  });
}

}  // namespace catdog
