// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/metrics.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace catdog {
namespace {

// Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17,
// 1998, table I, method 3.
TEST(Wilson, GivesThePublishedIntervals) {
  const auto expect = [](int64_t hits, int64_t n, double low, double high) {
    const Interval interval = wilson_interval(hits, n);
    EXPECT_NEAR(interval.low, low, 5e-5) << hits << "/" << n;
    EXPECT_NEAR(interval.high, high, 5e-5) << hits << "/" << n;
  };
  expect(81, 263, 0.2553, 0.3662);
  expect(15, 148, 0.0624, 0.1605);
  expect(0, 20, 0.0000, 0.1611);
  expect(1, 29, 0.0061, 0.1718);
}

TEST(Wilson, StaysWithinZeroAndOne) {
  EXPECT_EQ(wilson_interval(0, 5).low, 0);
  EXPECT_EQ(wilson_interval(5, 5).high, 1);
}

TEST(Average, WeightsByBatchSize) {
  Average average;
  average.add(1.0, 30);
  average.add(0.0, 10);
  EXPECT_DOUBLE_EQ(average.value(), 0.75);
  EXPECT_EQ(average.count(), 40);
  EXPECT_TRUE(std::isnan(Average().value()));
}

TEST(Evaluate, CountsEachPictureOnce) {
  // A logit of exactly 0 is probability 1/2, which Keras rounds to class 0.
  const Evaluation result = evaluate({.logits = {-1.f, 2.f, 0.f, 3.f}, .labels = {0, 0, 1, 1}});
  EXPECT_EQ(result.n, 4);
  EXPECT_DOUBLE_EQ(result.accuracy, 0.5);
  EXPECT_EQ(result.confusion[0][0], 1);
  EXPECT_EQ(result.confusion[0][1], 1);
  EXPECT_EQ(result.confusion[1][0], 1);
  EXPECT_EQ(result.confusion[1][1], 1);
  const double expected = (std::log1p(std::exp(-1.0)) + std::log1p(std::exp(2.0)) + std::log(2.0) +
                           std::log1p(std::exp(-3.0))) /
                          4;
  EXPECT_NEAR(result.loss, expected, 1e-12);
}

TEST(Evaluate, DoesNotOverflow) {
  const Evaluation result = evaluate({.logits = {1e4f, -1e4f}, .labels = {0, 1}});
  EXPECT_NEAR(result.loss, 1e4, 1e-6);
  EXPECT_EQ(result.accuracy, 0);
}

}  // namespace
}  // namespace catdog
