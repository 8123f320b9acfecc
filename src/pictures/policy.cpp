// SPDX-License-Identifier: Apache-2.0
#include "catdog/pictures/policy.hpp"

#include <cmath>
#include <numbers>

namespace catdog {
namespace {

struct Spread {
  double least, most;
  bool either_sign;
};

// torchvision's _augmentation_space.
Spread spread_of(Operation operation) {
  switch (operation) {
    case Operation::shear_x:
    case Operation::shear_y: return {0, 0.3, true};
    case Operation::shift_x:
    case Operation::shift_y: return {0, 150.0 / 331, true};
    case Operation::rotate: return {0, 30, true};
    case Operation::brightness:
    case Operation::colour:
    case Operation::contrast:
    case Operation::sharpness: return {0, 0.9, true};
    case Operation::posterize: return {8, 4, false};
    case Operation::solarize: return {255, 0, false};
    case Operation::identity:
    case Operation::autocontrast:
    case Operation::equalize: break;
  }
  return {0, 0, false};
}

// Rows of the linear part, which leaves `center`, (row, column), where it is.
AffineMatrix about(double center_row, double center_column, AffineMatrix m) {
  m[0][2] += center_row - m[0][0] * center_row - m[0][1] * center_column;
  m[1][2] += center_column - m[1][0] * center_row - m[1][1] * center_column;
  return m;
}

}  // namespace

std::vector<PolicyStep> draw_policy(int steps, double magnitude, Rng rng) {
  std::vector<PolicyStep> drawn;
  for (int i = 0; i < steps; ++i) {
    const auto operation = static_cast<Operation>(rng.below(kOperations));
    const bool negative = rng.uniform() < 0.5;  // drawn for each: the count is fixed
    const auto [least, most, either_sign] = spread_of(operation);
    double amount = least + (most - least) * (magnitude / 10);
    if (either_sign && negative) amount = -amount;
    // To the nearest, and of two to the even number, as torch.round does.
    if (operation == Operation::posterize) amount = 8 - std::nearbyint(8 - amount);
    drawn.push_back({operation, amount});
  }
  return drawn;
}

bool is_movement(Operation operation) {
  return operation >= Operation::shear_x && operation <= Operation::rotate;
}

AffineMatrix movement_matrix(Size size, const PolicyStep& step) {
  const AffineMatrix still = {{{1, 0, 0}, {0, 1, 0}}};
  const double amount = step.amount;
  switch (step.operation) {
    // The corner itself lies half a pixel from the middle of the first pixel.
    case Operation::shear_x: return about(-0.5, -0.5, {{{1, 0, 0}, {amount, 1, 0}}});
    case Operation::shear_y: return about(-0.5, -0.5, {{{1, amount, 0}, {0, 1, 0}}});
    case Operation::shift_x: return {{{1, 0, 0}, {0, 1, amount * size.width}}};
    case Operation::shift_y: return {{{1, 0, amount * size.height}, {0, 1, 0}}};
    case Operation::rotate: {
      const double angle = amount * (std::numbers::pi / 180);
      const double cos_a = std::cos(angle), sin_a = std::sin(angle);
      return about((size.height - 1) / 2.0, (size.width - 1) / 2.0,
                   {{{cos_a, -sin_a, 0}, {sin_a, cos_a, 0}}});
    }
    default: return still;
  }
}

}  // namespace catdog
