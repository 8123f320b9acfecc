// SPDX-License-Identifier: Apache-2.0
// The optimiser against torch's, and against its formula by hand.
#include "catdog/train/rmsprop.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace catdog {
namespace {

torch::optim::RMSprop torchs(const OptimizerOptions& options, torch::Tensor parameter) {
  return torch::optim::RMSprop({std::move(parameter)}, torch::optim::RMSpropOptions(options.lr)
                                                           .alpha(options.alpha)
                                                           .eps(options.eps)
                                                           .weight_decay(options.weight_decay));
}

// Twenty steps of both from the same weights, by the same random gradients.
void expect_equal_steps(const torch::Tensor& start, torch::MemoryFormat gradients,
                        const OptimizerOptions& options, double tolerance) {
  torch::manual_seed(4);
  torch::Tensor ours = start.clone().requires_grad_(), theirs = start.clone().requires_grad_();
  RmsProp optimizer(options, {{"w", ours}});
  torch::optim::RMSprop reference = torchs(options, theirs);
  for (int step = 0; step < 20; ++step) {
    const torch::Tensor gradient = torch::randn_like(start) * std::pow(10.0, step % 5 - 4);
    ours.mutable_grad() = gradient.contiguous(gradients);
    theirs.mutable_grad() = gradient.clone();
    optimizer.step();
    reference.step();
    ASSERT_TRUE(torch::allclose(ours, theirs, tolerance, tolerance)) << "step " << step;
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

INSTANTIATE_TEST_SUITE_P(RmsProp, EqualsTorch,
                         testing::Values(OptimizerOptions{},
                                         OptimizerOptions{.lr = 0.01, .alpha = 0.5, .eps = 1e-3},
                                         OptimizerOptions{.lr = 0.01, .weight_decay = 0.1}));

TEST(RmsProp, IsItsFormula) {
  torch::Tensor weight = torch::full({1}, 2.0, torch::kDouble).requires_grad_();
  RmsProp optimizer({.lr = 0.01, .alpha = 0.9, .eps = 1e-8, .weight_decay = 0.1}, {{"w", weight}});
  weight.mutable_grad() = torch::zeros({1}, torch::kDouble);
  optimizer.step();
  // Gradient 0 + 0.1 * 2 = 0.2; mean square 0.1 * 0.2^2; by hand:
  EXPECT_NEAR(weight.item<double>(), 2 - 0.01 * 0.2 / (std::sqrt(0.1 * 0.04) + 1e-8), 1e-12);
}

TEST(RmsProp, LeavesWhatHasNoGradient) {
  torch::Tensor with = torch::ones({4}).requires_grad_(), without = torch::ones({4});
  RmsProp optimizer(OptimizerOptions(), {{"with", with}, {"without", without}});
  with.mutable_grad() = torch::ones({4});
  optimizer.step();
  EXPECT_LT(with.max().item<float>(), 1);
  EXPECT_TRUE(torch::equal(without, torch::ones({4})));
  optimizer.zero_grad();
  EXPECT_FALSE(with.grad().defined());
}

TEST(RmsProp, ItsStateIsAllThatGoesOn) {
  torch::manual_seed(2);
  const torch::Tensor start = torch::randn({5, 7});
  torch::Tensor whole = start.clone().requires_grad_();
  RmsProp uninterrupted(OptimizerOptions(), {{"w", whole}});
  const auto step = [](RmsProp& optimizer, torch::Tensor& weight, int64_t seed) {
    torch::manual_seed(seed);
    weight.mutable_grad() = torch::randn_like(weight);
    optimizer.step();
  };
  step(uninterrupted, whole, 7);
  torch::Tensor other = whole.detach().clone().requires_grad_();
  RmsProp resumed(OptimizerOptions(), {{"w", other}});
  const NamedTensors state = resumed.state();
  ASSERT_EQ(state.size(), 1u);
  copy_tensors(uninterrupted.state(), state, "state");
  step(uninterrupted, whole, 8);
  step(resumed, other, 8);
  EXPECT_TRUE(torch::equal(whole, other));
}

}  // namespace
}  // namespace catdog
