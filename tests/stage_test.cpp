// SPDX-License-Identifier: Apache-2.0
// One stage in both precisions against torch's separate operations. On processors without bf16 the
// same tests hold the library's path.
#include "catdog/model/stage.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace catdog {
namespace {

constexpr auto kChannelsLast = torch::MemoryFormat::ChannelsLast;

struct StageCase {
  int64_t pictures, channels, height, width, filters;
};

struct Result {
  torch::Tensor out, input_gradient, weight_gradient, bias_gradient;
};

// Inputs that bf16 holds without rounding, so that the reference can compute with them in fp32.
class Stage : public testing::TestWithParam<StageCase> {
 protected:
  Stage() {
    torch::manual_seed(1);
    const auto& [pictures, channels, height, width, filters] = GetParam();
    images_ = rounded(torch::rand({pictures, channels, height, width})).contiguous(kChannelsLast);
    weight_ = rounded(torch::randn({filters, channels, 3, 3}) / 5).contiguous(kChannelsLast);
    bias_ = rounded(torch::randn({filters}) / 5);
    loss_weights_ = rounded(torch::randn({pictures, filters, (height - 2) / 2, (width - 2) / 2}));
    loss_weights_ *= torch::rand_like(loss_weights_) < 0.7;  // dropout's zeros
  }

  static torch::Tensor rounded(const torch::Tensor& x) {
    return x.to(torch::kBFloat16).to(torch::kFloat);
  }

  template <class Operation>
  Result run(const Operation& operation) const {
    const torch::Tensor weight = weight_.clone().requires_grad_();
    const torch::Tensor bias = bias_.clone().requires_grad_();
    // Nobody asks for the gradient of a picture's colours.
    const torch::Tensor x = images_.clone().requires_grad_(GetParam().channels != 3);
    const torch::Tensor out = operation(x, weight, bias).to(torch::kFloat);
    (out * loss_weights_).sum().backward();
    return {out.detach(), x.grad(), weight.grad(), bias.grad()};
  }

  Result reference() const {
    return run([](const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias) {
      return torch::max_pool2d(torch::relu(torch::conv2d(x, weight, bias)), 2);
    });
  }

  Result ours(Precision precision) const {
    return run([&](const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias) {
      return conv_relu_max_pool(x, weight, bias, precision);
    });
  }

  static torch::Tensor in_bf16(const torch::Tensor& x, const torch::Tensor& weight,
                               const torch::Tensor& bias) {
    constexpr torch::Dtype kType = torch::kBFloat16;
    return torch::conv2d(x.to(kType), weight.to(kType), bias.to(kType));
  }

  // Whether catdog's own kernels give the gradients in bf16.
  static bool is_own() {
    return (GetParam().channels == 3 || GetParam().channels % 32 == 0) &&
           GetParam().filters % 16 == 0 && cpu_multiplies_bf16_vectors() &&
           !cpu_multiplies_bf16_matrices();
  }

  torch::Tensor images_, weight_, bias_, loss_weights_;
};

// `share` of the largest number of the expected ones.
void expect_near(const torch::Tensor& actual, const torch::Tensor& expected, double share,
                 const char* what) {
  ASSERT_EQ(actual.sizes(), expected.sizes()) << what;
  const double largest = expected.abs().max().item<double>();
  EXPECT_LE((actual - expected).abs().max().item<double>(), share * largest) << what;
}

// `input_share`: of the input's gradient, where that is rounded.
void expect_near_gradients(const Result& actual, const Result& expected, double share,
                           double input_share = 0) {
  expect_near(actual.weight_gradient, expected.weight_gradient, share, "weight's gradient");
  expect_near(actual.bias_gradient, expected.bias_gradient, share, "bias's gradient");
  ASSERT_EQ(actual.input_gradient.defined(), expected.input_gradient.defined());
  if (!expected.input_gradient.defined()) return;
  expect_near(actual.input_gradient, expected.input_gradient, std::max(share, input_share),
              "input's gradient");
}

constexpr double kRounding = 1.0 / 256;  // of bf16's 8 bits, to the nearest

TEST_P(Stage, EqualsTorchInFp32) {
  const Result expected = reference(), actual = ours(Precision::fp32);
  EXPECT_TRUE(torch::equal(actual.out, expected.out));
  expect_near_gradients(actual, expected, 1e-6);
}

TEST_P(Stage, EqualsTorchInBf16) {
  const Result actual = ours(Precision::bf16);
  if (is_own()) {
    // Products are summed in fp32 and rounded once, so that the reference's gradients may do
    // without bf16. From the second stage on, the map is rounded before its maxima are taken.
    const bool is_first = GetParam().channels == 3;
    const Result expected =
        run([&](const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias) {
          torch::Tensor map = torch::conv2d(x, weight, bias);
          if (!is_first) map = map + (in_bf16(x, weight, bias).to(torch::kFloat) - map).detach();
          return torch::max_pool2d(torch::relu(map), 2);
        });
    expect_near(actual.out, expected.out, kRounding, "out");
    expect_near_gradients(actual, expected, 1e-5, kRounding);
  } else {
    const Result expected =
        run([](const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias) {
          return torch::max_pool2d(torch::relu(in_bf16(x, weight, bias)), 2);
        });
    EXPECT_TRUE(torch::equal(actual.out, expected.out));
    expect_near_gradients(actual, expected, 0);
  }
}

TEST_P(Stage, GivesTheSameWithoutGradients) {
  for (const Precision precision : {Precision::fp32, Precision::bf16}) {
    const torch::Tensor trained = ours(precision).out;
    const torch::NoGradGuard no_gradient;
    const torch::Tensor out = conv_relu_max_pool(images_, weight_, bias_, precision);
    EXPECT_TRUE(torch::equal(out.to(torch::kFloat), trained)) << name_of(precision);
  }
}

TEST_P(Stage, GivesTheSameWithAnyNumberOfThreadsInBf16) {
  const int threads = torch::get_num_threads();
  torch::set_num_threads(1);
  const Result one = ours(Precision::bf16);
  torch::set_num_threads(3);
  const Result three = ours(Precision::bf16);
  torch::set_num_threads(threads);
  EXPECT_TRUE(torch::equal(one.out, three.out));
  if (!is_own()) return;  // the library's sums over pictures go by its threads
  expect_near_gradients(one, three, 0);
}

INSTANTIATE_TEST_SUITE_P(Sizes, Stage,
                         testing::Values(StageCase{1, 3, 4, 4, 16}, StageCase{2, 3, 5, 7, 16},
                                         StageCase{3, 3, 30, 20, 32}, StageCase{2, 3, 33, 41, 48},
                                         StageCase{2, 3, 20, 20, 8}, StageCase{2, 16, 11, 14, 24},
                                         StageCase{3, 32, 21, 18, 64}, StageCase{1, 32, 4, 4, 16},
                                         StageCase{2, 64, 5, 37, 80}, StageCase{2, 96, 9, 8, 128},
                                         StageCase{3, 128, 10, 7, 32},
                                         StageCase{1, 160, 6, 6, 144}));

TEST(StageAlone, KeepsNaN) {
  const torch::Tensor images = torch::rand({1, 3, 8, 8}).contiguous(kChannelsLast);
  torch::Tensor weight = torch::ones({16, 3, 3, 3}).contiguous(kChannelsLast);
  for (const float sign : {1.0F, -1.0F}) {
    weight[5][1][2][0] = std::copysign(std::numeric_limits<float>::quiet_NaN(), sign);
    for (const Precision precision : {Precision::fp32, Precision::bf16}) {
      const torch::Tensor out =
          conv_relu_max_pool(images, weight, torch::zeros({16}), precision).to(torch::kFloat);
      EXPECT_TRUE(out[0][5].isnan().all().item<bool>()) << name_of(precision);
      EXPECT_FALSE(out[0][4].isnan().any().item<bool>()) << name_of(precision);
    }
  }
}

}  // namespace
}  // namespace catdog
