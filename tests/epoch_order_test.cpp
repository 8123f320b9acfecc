// SPDX-License-Identifier: Apache-2.0
#include "catdog/judge/epoch_order.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace catdog {
namespace {

struct Epoch {
  int epoch;
  double val_accuracy, val_loss;
};

constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

TEST(EpochOrder, TheHigherAccuracyIsBetterWhateverTheLoss) {
  EXPECT_TRUE(is_better({.8, 9}, {.7, .1}));
  EXPECT_FALSE(is_better({.7, .1}, {.8, 9}));
}

TEST(EpochOrder, OfEqualAccuraciesTheLowerLossIsBetter) {
  EXPECT_TRUE(is_better({1, .0002}, {1, .469}));
  EXPECT_FALSE(is_better({1, .469}, {1, .0002}));
  EXPECT_FALSE(is_better({1, .469}, {1, .469}));
}

TEST(EpochOrder, WhatMetricsCsvDoesNotTellApartIsEqual) {
  EXPECT_FALSE(is_better({.8, .12345649}, {.8, .1234564}));
  EXPECT_FALSE(is_better({.8, .1234564}, {.8, .12345649}));
  EXPECT_TRUE(is_better({.66666671, .1}, {.66666669, .2}));  // both .666667: the loss decides
  for (const double loss : {1e-9, .12345678, 1.0 / 3, 2e5 / 3}) {
    const double read_back = std::stod(metric_text(loss));
    EXPECT_FALSE(is_better({1, loss}, {1, read_back})) << loss;
    EXPECT_FALSE(is_better({1, read_back}, {1, loss})) << loss;
  }
}

TEST(EpochOrder, NoNumberIsWorseThanEveryNumber) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(is_better({0, 1}, {kNoNumber, 1}));
  EXPECT_FALSE(is_better({kNoNumber, 1}, {0, 1}));
  EXPECT_TRUE(is_better({.5, 1e9}, {.5, kNoNumber}));
  EXPECT_FALSE(is_better({.5, kNoNumber}, {.5, 1e9}));
  EXPECT_TRUE(is_better({.5, 1e9}, {.5, infinity}));
  EXPECT_FALSE(is_better({kNoNumber, kNoNumber}, {kNoNumber, kNoNumber}));
}

TEST(EpochOrder, TheBestIsTheFirstOfEquals) {
  const std::vector<Epoch> epochs = {
      {1, 1, .469}, {2, .9, .1}, {3, 1, kNoNumber}, {4, 1, .0002}, {5, 1, .0002}, {6, 1, .3}};
  EXPECT_EQ(best_of(epochs).epoch, 4);
  EXPECT_EQ(best_of(std::vector<Epoch>{{1, kNoNumber, kNoNumber}, {2, 0, 9}}).epoch, 2);
  EXPECT_EQ(best_of(std::vector<Epoch>{{1, kNoNumber, kNoNumber}}).epoch, 1);
}

}  // namespace
}  // namespace catdog
