// SPDX-License-Identifier: Apache-2.0
// The fused operation against torch's own two.
#include "catdog/model/relu_max_pool.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace catdog {
namespace {

torch::Tensor reference(const torch::Tensor& x) { return torch::max_pool2d(torch::relu(x), 2); }

// Values and gradients of both, equal to the bit, in each type that has its own kernels.
void expect_equal(const torch::Tensor& numbers) {
  for (const torch::Dtype type : {torch::kFloat, torch::kBFloat16}) {
    const torch::Tensor x = numbers.to(type);
    const torch::Tensor ours = x.clone().requires_grad_(), theirs = x.clone().requires_grad_();
    const torch::Tensor a = relu_max_pool(ours), b = reference(theirs);
    ASSERT_TRUE(torch::equal(a, b)) << x.sizes() << type;
    const torch::Tensor weights = torch::randn_like(b);
    (a * weights).sum().backward();
    (b * weights).sum().backward();
    EXPECT_TRUE(torch::equal(ours.grad(), theirs.grad())) << x.sizes() << type;
    const torch::NoGradGuard no_gradient;
    EXPECT_TRUE(torch::equal(relu_max_pool(x), b)) << x.sizes() << type;
  }
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

TEST(ReluMaxPool, PassesNaNOn) {
  for (const torch::Dtype type : {torch::kFloat, torch::kBFloat16}) {
    for (const float sign : {1.0F, -1.0F}) {
      for (int place = 0; place < 4; ++place) {
        torch::Tensor x = torch::full({1, 40, 2, 2}, std::numeric_limits<float>::infinity(), type);
        x[0][3][place / 2][place % 2] =
            std::copysign(std::numeric_limits<float>::quiet_NaN(), sign);
        const torch::Tensor ours = x.clone().requires_grad_();
        const torch::Tensor result = relu_max_pool(ours);
        EXPECT_TRUE(torch::allclose(result, reference(x), 0, 0, /*equal_nan=*/true)) << type;
        EXPECT_TRUE(result[0][3].isnan().item<bool>()) << type;
        const torch::NoGradGuard no_gradient;
        EXPECT_TRUE(torch::allclose(relu_max_pool(x), result, 0, 0, /*equal_nan=*/true)) << type;
      }
    }
  }
}

TEST(ReluMaxPool, OtherTypesGoThroughTorch) {
  torch::manual_seed(3);
  const torch::Tensor x = torch::randn({2, 4, 6, 6}).to(torch::kDouble);
  EXPECT_TRUE(torch::equal(relu_max_pool(x), reference(x)));
}

}  // namespace
}  // namespace catdog
