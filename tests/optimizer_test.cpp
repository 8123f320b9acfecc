// SPDX-License-Identifier: Apache-2.0
// Each rule against torch's optimiser of that name; RMSprop and Muon, which torch has not in C++,
// against their formulas.
#include "catdog/train/optimizer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "catdog/train/muon.hpp"

namespace catdog {
namespace {

namespace optim = torch::optim;
using Name = OptimizerOptions::Name;

std::unique_ptr<optim::Optimizer> torchs(const OptimizerOptions& o, const torch::Tensor& w) {
  const std::vector<torch::Tensor> parameters = {w};
  switch (o.name) {
    case Name::rmsprop:
      return std::make_unique<optim::RMSprop>(
          parameters,
          optim::RMSpropOptions(o.lr).alpha(o.alpha).eps(o.eps).weight_decay(o.weight_decay));
    case Name::sgd:
      return std::make_unique<optim::SGD>(parameters, optim::SGDOptions(o.lr)
                                                          .momentum(o.momentum)
                                                          .nesterov(o.nesterov)
                                                          .weight_decay(o.weight_decay));
    case Name::adam:
      return std::make_unique<optim::Adam>(parameters, optim::AdamOptions(o.lr)
                                                           .betas({o.beta1, o.beta2})
                                                           .eps(o.eps)
                                                           .weight_decay(o.weight_decay));
    default:
      return std::make_unique<optim::AdamW>(parameters, optim::AdamWOptions(o.lr)
                                                            .betas({o.beta1, o.beta2})
                                                            .eps(o.eps)
                                                            .weight_decay(o.weight_decay));
  }
}

// Twenty steps of both from the same weights, by the same random gradients; the learning rate
// changes on the way.
void expect_equal_steps(const torch::Tensor& start, torch::MemoryFormat gradients,
                        const OptimizerOptions& options, double tolerance) {
  torch::manual_seed(4);
  torch::Tensor ours = start.clone().requires_grad_(), theirs = start.clone().requires_grad_();
  Optimizer optimizer(options, {{"w", ours}});
  const std::unique_ptr<optim::Optimizer> reference = torchs(options, theirs);
  for (int step = 0; step < 20; ++step) {
    const torch::Tensor gradient = torch::randn_like(start) * std::pow(10.0, step % 5 - 4);
    ours.mutable_grad() = gradient.contiguous(gradients);
    theirs.mutable_grad() = gradient.clone();
    const double lr = options.lr * (step < 10 ? 1 : 0.3);
    reference->param_groups()[0].options().set_lr(lr);
    optimizer.set_rate(lr, /*updates_done=*/step);
    if (options.clip_norm > 0) torch::nn::utils::clip_grad_norm_({theirs}, options.clip_norm);
    optimizer.step();
    reference->step();
    ASSERT_TRUE(torch::allclose(ours, theirs, tolerance, tolerance))
        << "step " << step << ": " << (ours - theirs).abs().max().item<double>();
  }
  EXPECT_FALSE(torch::allclose(ours, start, tolerance, tolerance));
}

class EqualsTorch : public testing::TestWithParam<OptimizerOptions> {};

TEST_P(EqualsTorch, InFloatsOfAnyOrderAndInDoubles) {
  torch::manual_seed(1);
  const torch::Tensor start = torch::randn({33, 5, 3, 7});
  constexpr auto kUsual = torch::MemoryFormat::Contiguous,
                 kLast = torch::MemoryFormat::ChannelsLast;
  expect_equal_steps(start, kUsual, GetParam(), 1e-6);
  expect_equal_steps(start.contiguous(kLast), kLast, GetParam(), 1e-6);
  expect_equal_steps(start.contiguous(kLast), kUsual, GetParam(), 1e-6);
  expect_equal_steps(start.to(torch::kDouble), kUsual, GetParam(), 1e-12);
  // Longer than what one thread takes at a time.
  expect_equal_steps(torch::randn({1, 100003, 1, 1}), kUsual, GetParam(), 1e-6);
}

INSTANTIATE_TEST_SUITE_P(
    Optimizer, EqualsTorch,
    testing::Values(
        OptimizerOptions{}, OptimizerOptions{.lr = 0.01, .alpha = 0.5, .eps = 1e-3},
        OptimizerOptions{.lr = 0.01, .weight_decay = 0.1},
        OptimizerOptions{.name = Name::sgd, .lr = 0.1, .momentum = 0},
        OptimizerOptions{.name = Name::sgd, .lr = 0.1, .weight_decay = 0.01},
        OptimizerOptions{.name = Name::sgd, .lr = 0.1, .nesterov = true, .weight_decay = 0.01},
        OptimizerOptions{.name = Name::adam, .lr = 1e-3},
        OptimizerOptions{.name = Name::adam, .lr = 1e-3, .beta1 = 0.8, .weight_decay = 0.1},
        OptimizerOptions{.name = Name::adamw, .lr = 2e-3, .weight_decay = 0.05},
        OptimizerOptions{.name = Name::adamw, .lr = 2e-3, .weight_decay = 0.05, .clip_norm = 0.1}));

TEST(Optimizer, RmsPropIsItsFormula) {
  torch::Tensor weight = torch::full({1, 1}, 2.0, torch::kDouble).requires_grad_();
  Optimizer optimizer({.lr = 0.01, .alpha = 0.9, .eps = 1e-8, .weight_decay = 0.1},
                      {{"w", weight}});
  weight.mutable_grad() = torch::zeros({1, 1}, torch::kDouble);
  optimizer.step();
  // Gradient 0 + 0.1 * 2 = 0.2; mean square 0.1 * 0.2^2; by hand:
  EXPECT_NEAR(weight.item<double>(), 2 - 0.01 * 0.2 / (std::sqrt(0.1 * 0.04) + 1e-8), 1e-12);
}

TEST(Optimizer, BiasesDecayOnlyIfAsked) {
  for (const bool decay_vectors : {false, true}) {
    torch::Tensor kernel = torch::ones({2, 2}).requires_grad_();
    torch::Tensor bias = torch::ones({2}).requires_grad_();
    Optimizer optimizer(
        {.name = Name::adamw, .lr = 0.1, .weight_decay = 0.5, .decay_vectors = decay_vectors},
        {{"kernel", kernel}, {"bias", bias}});
    for (torch::Tensor* weight : {&kernel, &bias}) {
      weight->mutable_grad() = torch::zeros_like(*weight);
    }
    optimizer.step();
    EXPECT_FLOAT_EQ(kernel.max().item<float>(), 0.95f);
    EXPECT_FLOAT_EQ(bias.max().item<float>(), decay_vectors ? 0.95f : 1.f);
  }
}

TEST(Optimizer, ClipsTheNormOfAllTogetherAndOnlyAbove) {
  const auto step = [](float gradient) {
    torch::Tensor a = torch::zeros({3}).requires_grad_(), b = torch::zeros({4}).requires_grad_();
    Optimizer optimizer({.name = Name::sgd, .lr = 1, .momentum = 0, .clip_norm = 2},
                        {{"a", a}, {"b", b}});
    a.mutable_grad() = torch::full({3}, gradient);
    b.mutable_grad() = torch::full({4}, gradient);
    optimizer.step();
    return torch::cat({a, b}).norm().item<float>();
  };
  EXPECT_NEAR(step(10), 2, 1e-5);
  EXPECT_NEAR(step(0.1f), 0.1f * std::sqrt(7.f), 1e-6);
}

TEST(Optimizer, LeavesWhatHasNoGradient) {
  torch::Tensor with = torch::ones({4}).requires_grad_(), without = torch::ones({4});
  Optimizer optimizer(OptimizerOptions(), {{"with", with}, {"without", without}});
  with.mutable_grad() = torch::ones({4});
  optimizer.step();
  EXPECT_LT(with.max().item<float>(), 1);
  EXPECT_TRUE(torch::equal(without, torch::ones({4})));
  optimizer.zero_grad();
  EXPECT_FALSE(with.grad().defined());
}

// What five steps of the iteration make of a singular value, by its formula.
double iterated(double x) {
  for (int i = 0; i < 5; ++i) x = 3.4445 * x - 4.7750 * std::pow(x, 3) + 2.0315 * std::pow(x, 5);
  return x;
}

TEST(Muon, ChangesSingularValuesAlone) {
  torch::manual_seed(3);
  for (const auto& shape : std::vector<std::vector<int64_t>>{{5, 40}, {40, 5}, {7, 7}, {1, 9}}) {
    const torch::Tensor matrix = torch::randn(shape, torch::kDouble);
    const auto [u, values, v] = torch::linalg_svd(matrix, /*full_matrices=*/false);
    torch::Tensor wanted = (values / matrix.norm()).contiguous();
    double* const numbers = wanted.mutable_data_ptr<double>();
    for (int64_t i = 0; i < wanted.numel(); ++i) numbers[i] = iterated(numbers[i]);
    const torch::Tensor expected = u.matmul(wanted.diag()).matmul(v);
    EXPECT_LT((orthogonalize(matrix) - expected).abs().max().item<double>(), 1e-6);
    EXPECT_LT((orthogonalize(matrix.to(torch::kFloat)) - expected).abs().max().item<double>(),
              1e-4);
    for (const double value : {wanted.min().item<double>(), wanted.max().item<double>()}) {
      EXPECT_GT(value, 0.6);
      EXPECT_LT(value, 1.2);
    }
  }
  EXPECT_TRUE(torch::equal(orthogonalize(torch::zeros({3, 4})), torch::zeros({3, 4})));
}

TEST(Muon, KernelsAreRowsWhateverTheirOrderInMemory) {
  const torch::Tensor kernels = torch::randn({3, 5, 2, 4});
  const torch::Tensor last = kernels.contiguous(torch::MemoryFormat::ChannelsLast);
  const torch::Tensor rows = filters_as_rows(kernels);
  EXPECT_EQ(rows.sizes(), (std::vector<int64_t>{3, 40}));
  EXPECT_TRUE(torch::equal(rows, filters_as_rows(last)));
  EXPECT_EQ(filters_as_rows(last).data_ptr(), last.data_ptr());
  EXPECT_TRUE(torch::equal(rows_as_filters(rows, kernels), kernels));
}

TEST(Muon, IsItsFormula) {
  constexpr double kLr = 0.03, kDecay = 0.1, kMomentum = 0.8;
  torch::manual_seed(5);
  for (const auto format : {torch::MemoryFormat::Contiguous, torch::MemoryFormat::ChannelsLast}) {
    const auto doubles = [&] { return torch::randn({6, 4, 3, 3}, torch::kDouble); };
    torch::Tensor kernels = doubles().contiguous(format).requires_grad_();
    torch::Tensor expected = kernels.detach().clone(), sum = torch::zeros_like(expected);
    Optimizer optimizer(
        {.name = Name::muon, .lr = kLr, .momentum = kMomentum, .weight_decay = kDecay},
        {{"w", kernels}});
    for (int step = 0; step < 3; ++step) {
      const torch::Tensor gradient = doubles();
      kernels.mutable_grad() = gradient;
      optimizer.step();
      sum = kMomentum * sum + gradient;
      const torch::Tensor rows = filters_as_rows(gradient + kMomentum * sum);
      const torch::Tensor direction = rows_as_filters(orthogonalize(rows), expected);
      expected = (1 - kLr * kDecay) * expected - kLr * 0.2 * std::sqrt(36.0) * direction;
      EXPECT_TRUE(torch::allclose(kernels, expected, 1e-10, 1e-10));
    }
  }
}

// All but convolutions' kernels go by adamw.
TEST(Muon, IsForConvolutionsAlone) {
  for (const auto& shape : std::vector<std::vector<int64_t>>{{4}, {3, 4}}) {
    const auto after = [&](Name name) {
      torch::Tensor weight = torch::ones(shape).requires_grad_();
      Optimizer optimizer({.name = name, .lr = 0.1, .weight_decay = 0.2}, {{"w", weight}});
      weight.mutable_grad() = torch::full(shape, 0.3);
      optimizer.step();
      return weight.detach();
    };
    EXPECT_TRUE(torch::equal(after(Name::muon), after(Name::adamw)));
  }
}

class State : public testing::TestWithParam<Name> {};

TEST_P(State, IsAllThatGoesOn) {
  const OptimizerOptions options = {.name = GetParam(), .lr = 0.01};
  torch::manual_seed(2);
  torch::Tensor whole = torch::randn({5, 7, 1, 1}).requires_grad_();
  Optimizer uninterrupted(options, {{"w", whole}});
  const auto step = [](Optimizer& optimizer, torch::Tensor& weight, int64_t number) {
    torch::manual_seed(number);
    weight.mutable_grad() = torch::randn_like(weight);
    optimizer.set_rate(0.01, number);
    optimizer.step();
  };
  step(uninterrupted, whole, 0);
  torch::Tensor other = whole.detach().clone().requires_grad_();
  Optimizer resumed(options, {{"w", other}});
  copy_tensors(uninterrupted.state(), resumed.state(), "state");
  step(uninterrupted, whole, 1);
  step(resumed, other, 1);
  EXPECT_TRUE(torch::equal(whole, other));
}

INSTANTIATE_TEST_SUITE_P(Optimizer, State,
                         testing::Values(Name::rmsprop, Name::sgd, Name::adam, Name::adamw,
                                         Name::muon));

}  // namespace
}  // namespace catdog
