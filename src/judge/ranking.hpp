// SPDX-License-Identifier: Apache-2.0
// Pictures by how probable one class is for them, the most probable first.
#pragma once

#include <cstdint>
#include <vector>

#include "catdog/judge/predictions.hpp"

namespace catdog {

// What has been taken when the pictures of one more score have been.
struct Taken {
  int64_t positives = 0;  // of the class in question
  int64_t negatives = 0;
};

// From none taken to all taken; pictures of equal score are taken together.
std::vector<Taken> ranking(const Predictions& predictions, int positive);

}  // namespace catdog
