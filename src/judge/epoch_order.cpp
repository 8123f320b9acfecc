// SPDX-License-Identifier: Apache-2.0
#include "catdog/judge/epoch_order.hpp"

#include <spdlog/fmt/fmt.h>

#include <cmath>
#include <cstdlib>
#include <limits>

namespace catdog {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The number that metrics.csv holds, or `worst` if it is none.
double recorded_or(double value, double worst) {
  return std::isnan(value) ? worst : std::strtod(metric_text(value).c_str(), nullptr);
}

}  // namespace

std::string metric_text(double value) { return fmt::format("{:.6g}", value); }

bool is_better(const ValidationMetrics& a, const ValidationMetrics& b) {
  const double accuracy = recorded_or(a.accuracy, -kInfinity);
  const double other = recorded_or(b.accuracy, -kInfinity);
  if (accuracy != other) return accuracy > other;
  return recorded_or(a.loss, kInfinity) < recorded_or(b.loss, kInfinity);
}

}  // namespace catdog
