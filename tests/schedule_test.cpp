// SPDX-License-Identifier: Apache-2.0
// The learning rate over time against values computed by hand.
#include "catdog/train/schedule.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace catdog {
namespace {

using Schedule = ScheduleOptions::Name;

// Of a run of 10 epochs of 4 steps.
double factor_at(const ScheduleOptions& options, int64_t steps_done,
                 const std::vector<double>& val_losses = {}) {
  return lr_factor(options, {.steps_done = steps_done, .steps_per_epoch = 4, .steps = 40},
                   val_losses);
}

TEST(Schedule, ConstantIsOne) {
  EXPECT_EQ(factor_at({}, 0), 1);
  EXPECT_EQ(factor_at({}, 39), 1);
}

TEST(Schedule, WarmsUpInALine) {
  const ScheduleOptions options = {.warmup_epochs = 2};
  EXPECT_DOUBLE_EQ(factor_at(options, 0), 1.0 / 8);
  EXPECT_DOUBLE_EQ(factor_at(options, 3), 4.0 / 8);
  EXPECT_DOUBLE_EQ(factor_at(options, 7), 1);
  EXPECT_EQ(factor_at(options, 8), 1);
}

TEST(Schedule, StepsDownAfterEachSoManyEpochs) {
  const ScheduleOptions options = {.name = Schedule::step, .every_epochs = 3, .factor = 0.5};
  EXPECT_EQ(factor_at(options, 11), 1);
  EXPECT_EQ(factor_at(options, 12), 0.5);
  EXPECT_EQ(factor_at(options, 23), 0.5);
  EXPECT_EQ(factor_at(options, 24), 0.25);
}

// x = 0, 1/4, 1/2 of the way, after the warm-up's two epochs of ten.
TEST(Schedule, CosineGoesFromOneToItsEnd) {
  const ScheduleOptions options = {.name = Schedule::cosine, .warmup_epochs = 2};
  EXPECT_DOUBLE_EQ(factor_at(options, 8), 1);
  EXPECT_NEAR(factor_at(options, 16), (1 + std::sqrt(0.5)) / 2, 1e-12);
  EXPECT_NEAR(factor_at(options, 24), 0.5, 1e-12);
  EXPECT_NEAR(factor_at(options, 40), 0, 1e-12);
  const ScheduleOptions above = {.name = Schedule::cosine, .final_share = 0.1};
  EXPECT_NEAR(factor_at(above, 20), 0.55, 1e-12);
  EXPECT_NEAR(factor_at(above, 40), 0.1, 1e-12);
}

TEST(Schedule, PlateauWaitsForALowerLoss) {
  const ScheduleOptions options = {.name = Schedule::plateau, .factor = 0.1, .patience = 2};
  EXPECT_EQ(factor_at(options, 4, {0.7}), 1);
  EXPECT_EQ(factor_at(options, 8, {0.7, 0.69995}), 1);  // not lower by 1e-4: one epoch waited
  EXPECT_EQ(factor_at(options, 12, {0.7, 0.69995, 0.71}), 0.1);
  EXPECT_EQ(factor_at(options, 16, {0.7, 0.69995, 0.71, 0.6}), 0.1);
  EXPECT_NEAR(factor_at(options, 24, {0.7, 0.8, 0.8, 0.6, 0.8, 0.8}), 0.01, 1e-15);
  EXPECT_EQ(factor_at(options, 24, {0.7, 0.8, 0.6, 0.8, 0.5, 0.8}), 1);
}

}  // namespace
}  // namespace catdog
