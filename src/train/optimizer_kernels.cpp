// SPDX-License-Identifier: Apache-2.0
#include "optimizer_kernels.hpp"

#include <cmath>

#include "catdog/core/each_cpu.hpp"

namespace catdog {

CATDOG_FOR_EACH_CPU
void update_rmsprop(float* __restrict weights, const float* __restrict gradients,
                    float* __restrict mean_squares, int64_t count, const UpdateFactors& factors) {
  const UpdateFactors f = factors;
  for (int64_t i = 0; i < count; ++i) {
    const float gradient = gradients[i] + f.decay * weights[i];
    const float mean_square = f.second * mean_squares[i] + f.one_minus_second * gradient * gradient;
    mean_squares[i] = mean_square;
    weights[i] -= f.rate * gradient / (std::sqrt(mean_square) + f.eps);
  }
}

CATDOG_FOR_EACH_CPU
void update_sgd(float* __restrict weights, const float* __restrict gradients,
                float* __restrict momenta, int64_t count, const UpdateFactors& factors) {
  const UpdateFactors f = factors;
  for (int64_t i = 0; i < count; ++i) {
    const float gradient = gradients[i] + f.decay * weights[i];
    const float momentum = f.first * momenta[i] + gradient;
    momenta[i] = momentum;
    weights[i] -= f.rate * (f.nesterov ? gradient + f.first * momentum : momentum);
  }
}

CATDOG_FOR_EACH_CPU
void update_adam(float* __restrict weights, const float* __restrict gradients,
                 float* __restrict means, float* __restrict mean_squares, int64_t count,
                 const UpdateFactors& factors) {
  const UpdateFactors f = factors;
  for (int64_t i = 0; i < count; ++i) {
    const float gradient = gradients[i] + f.decay * weights[i];
    const float mean = f.first * means[i] + f.one_minus_first * gradient;
    const float mean_square = f.second * mean_squares[i] + f.one_minus_second * gradient * gradient;
    means[i] = mean;
    mean_squares[i] = mean_square;
    weights[i] = f.keep * weights[i] - f.rate * mean / (std::sqrt(mean_square) + f.eps);
  }
}

}  // namespace catdog
