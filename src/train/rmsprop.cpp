// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/rmsprop.hpp"

#include <ATen/Parallel.h>

#include <cmath>

#include "catdog/core/each_cpu.hpp"

namespace catdog {
namespace {

struct Factors {
  float lr, alpha, one_minus_alpha, eps, weight_decay;
};

CATDOG_FOR_EACH_CPU
void update(float* __restrict weights, const float* __restrict gradients,
            float* __restrict mean_squares, int64_t count, const Factors& factors) {
  const Factors f = factors;
  for (int64_t i = 0; i < count; ++i) {
    const float gradient = gradients[i] + f.weight_decay * weights[i];
    const float mean_square = f.alpha * mean_squares[i] + f.one_minus_alpha * gradient * gradient;
    mean_squares[i] = mean_square;
    weights[i] -= f.lr * gradient / (std::sqrt(mean_square) + f.eps);
  }
}

// The three hold the same places in the same order.
void update_floats(torch::Tensor& weight, const torch::Tensor& gradient, torch::Tensor& mean_square,
                   const OptimizerOptions& options) {
  const Factors factors = {.lr = static_cast<float>(options.lr),
                           .alpha = static_cast<float>(options.alpha),
                           .one_minus_alpha = static_cast<float>(1 - options.alpha),
                           .eps = static_cast<float>(options.eps),
                           .weight_decay = static_cast<float>(options.weight_decay)};
  float* weights = weight.mutable_data_ptr<float>();
  const float* gradients = gradient.const_data_ptr<float>();
  float* mean_squares = mean_square.mutable_data_ptr<float>();
  constexpr int64_t kGrain = 1 << 15;
  at::parallel_for(0, weight.numel(), kGrain, [&](int64_t begin, int64_t end) {
    update(weights + begin, gradients + begin, mean_squares + begin, end - begin, factors);
  });
}

void update_tensors(torch::Tensor& weight, torch::Tensor gradient, torch::Tensor& mean_square,
                    const OptimizerOptions& options) {
  if (options.weight_decay > 0) gradient = gradient.add(weight, options.weight_decay);
  mean_square.mul_(options.alpha).addcmul_(gradient, gradient, 1 - options.alpha);
  weight.addcdiv_(gradient, mean_square.sqrt().add_(options.eps), -options.lr);
}

bool lie_alike_on_cpu(const torch::Tensor& weight, const torch::Tensor& gradient,
                      const torch::Tensor& mean_square) {
  return weight.device().is_cpu() && weight.scalar_type() == torch::kFloat &&
         gradient.scalar_type() == torch::kFloat && weight.is_non_overlapping_and_dense() &&
         weight.strides() == gradient.strides() && weight.strides() == mean_square.strides();
}

}  // namespace

RmsProp::RmsProp(const OptimizerOptions& options, const NamedTensors& parameters)
    : options_(options) {
  const torch::NoGradGuard no_gradient;
  for (const auto& [name, parameter] : parameters) {
    names_.push_back(name);
    parameters_.push_back(parameter);
    mean_squares_.push_back(torch::zeros_like(parameter));
  }
}

NamedTensors RmsProp::state() const {
  NamedTensors tensors;
  for (size_t i = 0; i < names_.size(); ++i) {
    tensors.emplace("mean_square." + names_[i], mean_squares_[i]);
  }
  return tensors;
}

void RmsProp::zero_grad() {
  for (torch::Tensor& parameter : parameters_) parameter.mutable_grad().reset();
}

void RmsProp::step() {
  const torch::NoGradGuard no_gradient;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    torch::Tensor& weight = parameters_[i];
    if (!weight.grad().defined()) continue;
    torch::Tensor gradient = weight.grad();
    if (gradient.strides() != weight.strides()) {
      gradient = torch::empty_like(weight).copy_(gradient);
    }
    if (lie_alike_on_cpu(weight, gradient, mean_squares_[i])) {
      update_floats(weight, gradient, mean_squares_[i], options_);
    } else {
      update_tensors(weight, gradient, mean_squares_[i], options_);
    }
  }
}

}  // namespace catdog
