// SPDX-License-Identifier: Apache-2.0
// Whether a probability means what it says, and what makes it do so: Guo et al., "On calibration of
// modern neural networks", ICML 2017.
#pragma once

#include <vector>

#include "catdog/judge/predictions.hpp"

namespace catdog {

inline constexpr int kReliabilityBins = 15;  // as in the paper

// The pictures whose predicted class has a probability within one of equally wide bins.
struct ReliabilityBin {
  int64_t count = 0;
  double confidence = 0;  // mean probability of the predicted class; 0 if count is
  double accuracy = 0;    // share predicted rightly; 0 if count is
};

// From probability 0 to 1, each bin without its lower end and with its upper end.
std::vector<ReliabilityBin> reliability_bins(const Predictions& predictions, double temperature = 1,
                                             int bins = kReliabilityBins);

// The expected calibration error: the mean over the pictures of |accuracy - confidence| of their
// bins.
double calibration_error(const Predictions& predictions, double temperature = 1);

// Temperatures that a file may hold: what calibrate() finds, from .01 to 100, lies well within.
inline constexpr double kLeastTemperature = 1e-3, kLargestTemperature = 1e3;

// What is learnt from validation and then used elsewhere.
struct Calibration {
  double temperature = 1;  // divides the scores; least cross-entropy, from .01 to 100
  double threshold = 0.5;  // of two classes: class 1 above this probability of it (without
                           // temperature); the best accuracy, of equals the nearest to 1/2
};

// `validation` is not empty.
Calibration calibrate(const Predictions& validation);

// Share of pictures told rightly if class 1 of two is predicted above `threshold`.
double accuracy_at(const Predictions& predictions, double threshold);

}  // namespace catdog
