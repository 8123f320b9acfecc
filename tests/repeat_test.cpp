// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/repeat.hpp"

#include <gtest/gtest.h>

#include "catdog/core/error.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

// What is said of work whose result is `first`, then `second`.
std::string verdict(const torch::Tensor& first, const torch::Tensor& second) {
  int times = 0;
  try {
    check_repeats([&] {
      return NamedTensors{{"a", torch::ones(2)}, {"b", times++ == 0 ? first : second}};
    });
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::failed);
    return error.what();
  }
  EXPECT_EQ(times, 2);
  return "";
}

TEST(CheckRepeats, NamesWhatDiffersInABit) {
  const torch::Tensor x = torch::full({3, 2}, 0.1f);
  EXPECT_EQ(verdict(x, x.clone()), "");
  torch::Tensor y = x.clone();
  y.view(torch::kInt)[2][1] += 1;  // the last bit
  EXPECT_TRUE(verdict(x, y).starts_with(
      "train.deterministic: the gradient of b is not the same when its step is computed again"));
}

TEST(CheckRepeats, TakesBitsNotValues) {
  const torch::Tensor nan = torch::full({1}, std::nanf(""));
  EXPECT_EQ(verdict(nan, nan.clone()), "");
  EXPECT_NE(verdict(torch::zeros(1), -torch::zeros(1)), "");
  const torch::Tensor last =
      torch::rand({2, 3, 4, 4}).contiguous(torch::MemoryFormat::ChannelsLast);
  EXPECT_EQ(verdict(last, last.contiguous()), "");  // their order in memory is no matter
}

}  // namespace
}  // namespace catdog
