// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace catdog {
namespace {

// How often `patience` epochs went by without a loss that is clearly lower.
int plateaus(const std::vector<double>& val_losses, int patience) {
  constexpr double kClearly = 1e-4;
  double lowest = HUGE_VAL;
  int waited = 0, count = 0;
  for (const double loss : val_losses) {
    if (loss < lowest - kClearly) {
      lowest = loss;
      waited = 0;
    } else if (++waited == patience) {
      ++count;
      waited = 0;
    }
  }
  return count;
}

double cosine(const ScheduleOptions& options, double done, double whole) {
  const double x = whole > 0 ? std::clamp(done / whole, 0.0, 1.0) : 1;
  return options.final_share + (1 - options.final_share) * (1 + std::cos(std::numbers::pi * x)) / 2;
}

}  // namespace

double lr_factor(const ScheduleOptions& options, const Moment& moment,
                 const std::vector<double>& val_losses) {
  const auto done = static_cast<double>(moment.steps_done);
  const auto per_epoch = static_cast<double>(moment.steps_per_epoch);
  const double warmup = options.warmup_epochs * per_epoch;
  if (done < warmup) return std::min(1.0, (done + 1) / warmup);
  switch (options.name) {
    case ScheduleOptions::Name::step:
      return std::pow(options.factor, std::floor(done / per_epoch / options.every_epochs));
    case ScheduleOptions::Name::cosine:
      return cosine(options, done - warmup, static_cast<double>(moment.steps) - warmup);
    case ScheduleOptions::Name::plateau:
      return std::pow(options.factor, plateaus(val_losses, options.patience));
    default: return 1;
  }
}

}  // namespace catdog
