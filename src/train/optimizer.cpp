// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/optimizer.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>

#include "catdog/train/muon.hpp"
#include "optimizer_kernels.hpp"

namespace catdog {
namespace {

using Name = OptimizerOptions::Name;
using Tensors = std::vector<torch::Tensor>;

bool is_adam(Name rule) { return rule == Name::adam || rule == Name::adamw; }

// Shares of the moments that are kept in each update.
double first_share(const OptimizerOptions& options, Name rule) {
  return is_adam(rule) ? options.beta1 : options.momentum;
}
double second_share(const OptimizerOptions& options, Name rule) {
  return is_adam(rule) ? options.beta2 : options.alpha;
}

void update_floats(torch::Tensor& weight, const torch::Tensor& gradient, Tensors& moments,
                   Name rule, const UpdateFactors& factors) {
  float* weights = weight.mutable_data_ptr<float>();
  const float* gradients = gradient.const_data_ptr<float>();
  float* first = moments.front().mutable_data_ptr<float>();
  float* second = moments.back().mutable_data_ptr<float>();
  constexpr int64_t kGrain = 1 << 15;
  at::parallel_for(0, weight.numel(), kGrain, [&](int64_t begin, int64_t end) {
    float* w = weights + begin;
    const float* g = gradients + begin;
    switch (rule) {
      case Name::rmsprop: update_rmsprop(w, g, second + begin, end - begin, factors); break;
      case Name::sgd: update_sgd(w, g, first + begin, end - begin, factors); break;
      default: update_adam(w, g, first + begin, second + begin, end - begin, factors);
    }
  });
}

// Takes a share of the weights from them, apart from the gradient.
void decay_decoupled(torch::Tensor& weight, double weight_decay, const torch::Tensor& lr) {
  if (weight_decay > 0) weight.mul_(1 - lr * weight_decay);
}

// `rates`: learning rate, rate and eps.
void update_tensors(torch::Tensor& weight, torch::Tensor gradient, Tensors& moments,
                    const OptimizerOptions& options, Name rule, double weight_decay,
                    const torch::Tensor& rates) {
  const torch::Tensor rate = rates[1], eps = rates[2];
  if (rule == Name::adamw) {
    decay_decoupled(weight, weight_decay, rates[0]);
  } else if (weight_decay > 0) {
    gradient = gradient.add(weight, weight_decay);
  }
  torch::Tensor direction = gradient;
  if (rule == Name::sgd) {
    moments[0].mul_(options.momentum).add_(gradient);
    direction = options.nesterov ? gradient.add(moments[0], options.momentum) : moments[0];
    weight.sub_(direction * rate);
    return;
  }
  if (is_adam(rule)) {
    moments[0].mul_(options.beta1).add_(gradient, 1 - options.beta1);
    direction = moments[0];
  }
  const double share = second_share(options, rule);
  moments.back().mul_(share).addcmul_(gradient, gradient, 1 - share);
  weight.sub_(direction / moments.back().sqrt().add_(eps) * rate);
}

void update_by_muon(torch::Tensor& kernels, const torch::Tensor& gradient, torch::Tensor& sum,
                    const OptimizerOptions& options, double weight_decay, const torch::Tensor& lr) {
  constexpr double kAsLargeAsAdams = 0.2;
  sum.mul_(options.momentum).add_(gradient);
  const torch::Tensor direction =
      orthogonalize(filters_as_rows(gradient.add(sum, options.momentum)));
  const auto longer = static_cast<double>(std::max(direction.size(0), direction.size(1)));
  decay_decoupled(kernels, weight_decay, lr);
  kernels.sub_(rows_as_filters(direction * (lr * (kAsLargeAsAdams * std::sqrt(longer))), kernels));
}

bool lie_alike_on_cpu(const torch::Tensor& weight, const torch::Tensor& gradient) {
  return weight.device().is_cpu() && weight.scalar_type() == torch::kFloat &&
         gradient.scalar_type() == torch::kFloat && weight.is_non_overlapping_and_dense() &&
         weight.strides() == gradient.strides();
}

}  // namespace

OptimizerOptions::Name rule_for(OptimizerOptions::Name name, int64_t dimensions) {
  return name == Name::muon && dimensions != 4 ? Name::adamw : name;
}

std::vector<std::string> moment_names(OptimizerOptions::Name rule) {
  if (is_adam(rule)) return {"mean", "mean_square"};
  return {rule == Name::rmsprop ? "mean_square" : "momentum"};
}

Optimizer::Optimizer(const OptimizerOptions& options, const NamedTensors& parameters)
    : options_(options) {
  const torch::NoGradGuard no_gradient;
  for (const auto& [name, weight] : parameters) {
    Parameter& parameter = parameters_.emplace_back();
    parameter.name = name;
    parameter.rule = rule_for(options.name, weight.dim());
    parameter.weight = weight;
    parameter.weight_decay = weight.dim() > 1 || options.decay_vectors ? options.weight_decay : 0;
    for (size_t i = 0; i < moment_names(parameter.rule).size(); ++i) {
      parameter.moments.push_back(torch::zeros_like(weight));
    }
    rates_on_device_ = torch::zeros({3}, weight.options().dtype(torch::kDouble));
  }
  set_rate(options.lr, /*updates_done=*/0);
}

NamedTensors Optimizer::state() const {
  NamedTensors tensors;
  for (const Parameter& parameter : parameters_) {
    const std::vector<std::string> names = moment_names(parameter.rule);
    for (size_t i = 0; i < names.size(); ++i) {
      tensors.emplace(names[i] + "." + parameter.name, parameter.moments[i]);
    }
  }
  return tensors;
}

void Optimizer::zero_grad() {
  for (Parameter& parameter : parameters_) parameter.weight.mutable_grad().reset();
}

void Optimizer::set_rate(double lr, int64_t updates_done) {
  const torch::NoGradGuard no_gradient;
  rates_ = {.lr = lr, .rate = lr, .eps = options_.eps};
  if (is_adam(rule_for(options_.name, /*dimensions=*/1))) {
    // m/(1-β₁ᵗ) / (√(s/(1-β₂ᵗ)) + eps) = √(1-β₂ᵗ)/(1-β₁ᵗ) · m / (√s + eps·√(1-β₂ᵗ))
    const auto update = static_cast<double>(updates_done + 1);
    const double root = std::sqrt(1 - std::pow(options_.beta2, update));
    rates_.rate *= root / (1 - std::pow(options_.beta1, update));
    rates_.eps *= root;
  }
  if (parameters_.empty()) return;
  rates_on_device_.copy_(torch::tensor({rates_.lr, rates_.rate, rates_.eps}, torch::kDouble),
                         /*non_blocking=*/true);
}

void Optimizer::clip_gradients() {
  std::vector<torch::Tensor> norms;
  for (const Parameter& parameter : parameters_) {
    const torch::Tensor& gradient = parameter.weight.grad();
    if (gradient.defined()) norms.push_back(torch::linalg_vector_norm(gradient));
  }
  if (norms.empty()) return;
  const torch::Tensor norm = torch::linalg_vector_norm(torch::stack(norms));
  const torch::Tensor share = (options_.clip_norm / (norm + 1e-6)).clamp_max(1);  // as PyTorch's
  for (Parameter& parameter : parameters_) {
    torch::Tensor& gradient = parameter.weight.mutable_grad();
    if (gradient.defined()) gradient.mul_(share);
  }
}

void Optimizer::step() {
  const torch::NoGradGuard no_gradient;
  if (options_.clip_norm > 0) clip_gradients();
  for (Parameter& parameter : parameters_) {
    const torch::Tensor& weight = parameter.weight;
    torch::Tensor gradient = weight.grad();
    if (!gradient.defined()) continue;
    if (gradient.strides() != weight.strides()) {
      gradient = torch::empty_like(weight).copy_(gradient);
    }
    update(parameter, gradient);
  }
}

void Optimizer::update(Parameter& parameter, const torch::Tensor& gradient) {
  const Name rule = parameter.rule;
  torch::Tensor& weight = parameter.weight;
  if (rule == Name::muon) {
    return update_by_muon(weight, gradient, parameter.moments[0], options_, parameter.weight_decay,
                          rates_on_device_[0]);
  }
  if (!lie_alike_on_cpu(weight, gradient)) {
    return update_tensors(weight, gradient, parameter.moments, options_, rule,
                          parameter.weight_decay, rates_on_device_);
  }
  const bool decoupled = rule == Name::adamw;
  const double first = first_share(options_, rule), second = second_share(options_, rule);
  const UpdateFactors factors = {
      .rate = static_cast<float>(rates_.rate),
      .eps = static_cast<float>(rates_.eps),
      .decay = static_cast<float>(decoupled ? 0 : parameter.weight_decay),
      .keep = static_cast<float>(decoupled ? 1 - rates_.lr * parameter.weight_decay : 1),
      .first = static_cast<float>(first),
      .one_minus_first = static_cast<float>(1 - first),
      .second = static_cast<float>(second),
      .one_minus_second = static_cast<float>(1 - second),
      .nesterov = options_.nesterov};
  update_floats(weight, gradient, parameter.moments, rule, factors);
}

}  // namespace catdog
