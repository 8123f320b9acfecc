// SPDX-License-Identifier: Apache-2.0
#include "split_counts.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "catdog/core/error.hpp"

namespace catdog {

void check_counts(const SplitOptions& options) {
  const auto require = [](bool good, const char* rule) {
    if (!good) throw ConfigError(rule);
  };
  if (options.fractions.empty()) {
    for (const int64_t count : options.counts) {
      require(count >= 0 && count <= 1'000'000'000, "split: a number of images is out of range");
    }
    require(options.counts[0] > 0, "split: --train must be at least 1");
    return;
  }
  require(options.fractions.size() == 3,
          "split: needs three fractions, for train, validation, test");
  for (const double fraction : options.fractions) {
    require(fraction >= 0 && fraction <= 1, "split: a fraction must lie in [0, 1]");
  }
  require(options.fractions[0] > 0, "split: the fraction for train must be above 0");
  require(std::reduce(options.fractions.begin(), options.fractions.end()) <= 1 + 1e-9,
          "split: the fractions must not add up to more than 1");
}

std::optional<Counts> counts_for(int64_t available, const SplitOptions& options) {
  if (available < least_for(options)) return std::nullopt;
  if (options.fractions.empty()) return options.counts;
  constexpr double kRounding = 1e-9;  // .29 * 100 is 28.999... in floating point
  Counts counts{};
  std::array<double, 3> remainders{};
  double exact_total = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    const double exact = options.fractions[i] * static_cast<double>(available);
    counts[i] = static_cast<int64_t>(exact + kRounding);
    remainders[i] = exact - static_cast<double>(counts[i]);
    exact_total += exact;
  }
  // Less than one image a subset is left.
  for (auto left = static_cast<int64_t>(exact_total + 3 * kRounding) - total(counts); left > 0;
       --left) {
    size_t most = 0;
    for (size_t i = 1; i < counts.size(); ++i) {
      if (remainders[i] > remainders[most] + kRounding) most = i;
    }
    ++counts[most];
    remainders[most] -= 1;
  }
  for (size_t i = 0; i < counts.size(); ++i) {
    if (options.fractions[i] == 0 || counts[i] > 0) continue;
    ++counts[i];
    if (total(counts) > available) --*std::max_element(counts.begin(), counts.end());
  }
  return counts;
}

int64_t least_for(const SplitOptions& options) {
  if (options.fractions.empty()) return total(options.counts);
  return std::count_if(options.fractions.begin(), options.fractions.end(),
                       [](double fraction) { return fraction > 0; });
}

int64_t total(const Counts& counts) { return std::reduce(counts.begin(), counts.end()); }

}  // namespace catdog
