// SPDX-License-Identifier: Apache-2.0
// How often a network is right where it says how sure it is, as one SVG element.
#pragma once

#include <string>
#include <vector>

#include "catdog/judge/calibration.hpp"

namespace catdog {

// Where a bin of reliability_bins lies.
struct BinEdges {
  double low, high;
};
BinEdges edges_of(size_t bin, size_t bins);

// Above the share told rightly in each bin, against the diagonal; below the pictures in it. `bins`
// are those of a network that tells `classes` apart: no probability lies below 1 / classes.
std::string reliability_figure(const std::string& id, const std::vector<ReliabilityBin>& bins,
                               int classes);

}  // namespace catdog
