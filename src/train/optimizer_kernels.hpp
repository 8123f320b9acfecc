// SPDX-License-Identifier: Apache-2.0
// The rules' loops over 32-bit floats, one pass over memory each.
#pragma once

#include <cstdint>

namespace catdog {

struct UpdateFactors {
  float rate, eps;
  float decay;                     // added to the gradient, times the weight
  float keep;                      // the weight is multiplied by it first
  float first, one_minus_first;    // share of the first moment that is kept: momentum, beta1
  float second, one_minus_second;  // the same of the mean square: alpha, beta2
  bool nesterov;
};

void update_rmsprop(float* __restrict weights, const float* __restrict gradients,
                    float* __restrict mean_squares, int64_t count, const UpdateFactors& factors);
void update_sgd(float* __restrict weights, const float* __restrict gradients,
                float* __restrict momenta, int64_t count, const UpdateFactors& factors);
void update_adam(float* __restrict weights, const float* __restrict gradients,
                 float* __restrict means, float* __restrict mean_squares, int64_t count,
                 const UpdateFactors& factors);

}  // namespace catdog
