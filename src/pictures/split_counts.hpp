// SPDX-License-Identifier: Apache-2.0
// How many images of a class each subset takes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "catdog/pictures/split.hpp"

namespace catdog {

using Counts = std::array<int64_t, 3>;  // by kSubsets

// Throws ConfigError for counts or fractions that make no sense.
void check_counts(const SplitOptions& options);

// The counts of `options`, or the fractions' part of `available` images by the method of largest
// remainders, the first subset first among equals: fractions that sum to 1 use every image. A
// subset with a fraction above 0 takes one image at least, from the subset that has the most. None
// where the class has fewer images than that needs.
std::optional<Counts> counts_for(int64_t available, const SplitOptions& options);

// The least number of images of a class that is enough.
int64_t least_for(const SplitOptions& options);

int64_t total(const Counts& counts);

}  // namespace catdog
