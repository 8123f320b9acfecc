// SPDX-License-Identifier: Apache-2.0
// A few operations, drawn from a fixed list, on each picture: Cubuk et al., "RandAugment", 2020,
// with the list and the magnitudes of torchvision's RandAugment.
#pragma once

#include <cstdint>
#include <vector>

#include "catdog/core/random.hpp"
#include "catdog/pictures/picture.hpp"
#include "catdog/pictures/warp.hpp"

namespace catdog {

// With the range of `amount`; the first ten are drawn with either sign.
enum class Operation : uint8_t {
  identity,
  shear_x,     // ±0.3: columns for each row, about the upper left corner
  shear_y,     // ±0.3: rows for each column
  shift_x,     // ±150/331 of the width
  shift_y,     // ±150/331 of the height
  rotate,      // ±30 degrees about the middle; above 0: clockwise on the screen
  brightness,  // ±0.9: factor 1 + amount
  colour,      // the same, of the saturation
  contrast,
  sharpness,
  posterize,     // 8 to 4: the bits of a byte that are kept
  solarize,      // 255 to 0: what is as bright or brighter becomes its negative
  autocontrast,  // none
  equalize,      // none
};
inline constexpr int kOperations = 14;

struct PolicyStep {
  Operation operation = Operation::identity;
  double amount = 0;

  bool operator==(const PolicyStep&) const = default;
};

// `steps` operations, each as likely as the others, at `magnitude` from 0 (least) to 10 (most).
std::vector<PolicyStep> draw_policy(int steps, double magnitude, Rng rng);

// Whether the operation moves pixels rather than changing their colours.
bool is_movement(Operation operation);

// The movement as a map from output to input.
AffineMatrix movement_matrix(Size size, const PolicyStep& step);

}  // namespace catdog
