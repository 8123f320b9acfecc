// SPDX-License-Identifier: Apache-2.0
// The fused operation against torch's own two.
#include "catdog/model/relu_max_pool.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace catdog {
namespace {

torch::Tensor reference(const torch::Tensor& x) { return torch::max_pool2d(torch::relu(x), 2); }

// Values and gradients of both, equal to the bit.
void expect_equal(const torch::Tensor& x) {
  const torch::Tensor ours = x.clone().requires_grad_(), theirs = x.clone().requires_grad_();
  const torch::Tensor a = relu_max_pool(ours), b = reference(theirs);
  ASSERT_TRUE(torch::equal(a, b)) << x.sizes();
  const torch::Tensor weights = torch::randn_like(b);
  (a * weights).sum().backward();
  (b * weights).sum().backward();
  EXPECT_TRUE(torch::equal(ours.grad(), theirs.grad())) << x.sizes();
  const torch::NoGradGuard no_gradient;
  EXPECT_TRUE(torch::equal(relu_max_pool(x), b)) << x.sizes();
}

TEST(ReluMaxPool, EqualsTorchForManySizes) {
  torch::manual_seed(1);
  for (const int64_t pictures : {1, 3}) {
    for (const int64_t channels : {1, 2, 7, 16, 33, 128}) {
      for (const auto& [height, width] :
           {std::pair{2, 2}, {3, 2}, {2, 3}, {5, 7}, {15, 15}, {8, 34}}) {
        const torch::Tensor x = torch::randn({pictures, channels, height, width});
        expect_equal(x.contiguous(torch::MemoryFormat::ChannelsLast));
        expect_equal(x);  // the usual order
      }
    }
  }
}

TEST(ReluMaxPool, TakesTheFirstOfEquals) {
  torch::manual_seed(2);
  // Whole numbers from -2 to 2: most windows hold ties, many are without a positive number.
  const torch::Tensor x = torch::randint(-2, 3, {4, 24, 16, 16}).to(torch::kFloat);
  expect_equal(x.contiguous(torch::MemoryFormat::ChannelsLast));
  expect_equal(torch::zeros({1, 8, 4, 4}));
  expect_equal(-torch::zeros({1, 8, 4, 4}));
}

TEST(ReluMaxPool, HandlesExtremes) {
  const float infinity = std::numeric_limits<float>::infinity();
  torch::Tensor x = torch::zeros({1, 8, 4, 4});
  x[0][0][0][0] = infinity;
  x[0][1][0][0] = -infinity;
  x[0][2][0][0] = std::numeric_limits<float>::denorm_min();
  x[0][3][0][0] = std::numeric_limits<float>::max();
  expect_equal(x);
}

TEST(ReluMaxPool, PassesPositiveNaNOn) {
  torch::Tensor x = torch::ones({1, 8, 2, 2});
  x[0][3][1][0] = std::abs(std::numeric_limits<float>::quiet_NaN());
  const torch::Tensor result = relu_max_pool(x);
  EXPECT_TRUE(std::isnan(result[0][3][0][0].item<float>()));
  EXPECT_EQ(result[0][2][0][0].item<float>(), 1);
}

TEST(ReluMaxPool, OtherTypesGoThroughTorch) {
  torch::manual_seed(3);
  const torch::Tensor x = torch::randn({2, 4, 6, 6}).to(torch::kDouble);
  EXPECT_TRUE(torch::equal(relu_max_pool(x), reference(x)));
}

}  // namespace
}  // namespace catdog
