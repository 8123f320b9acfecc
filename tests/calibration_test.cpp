// SPDX-License-Identifier: Apache-2.0
// The expected numbers were computed with NumPy and SciPy (scipy.optimize.minimize_scalar for the
// temperature, every threshold between two probabilities for the best).
#include "catdog/judge/calibration.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "judged_pictures.hpp"

namespace catdog {
namespace {

TEST(CalibrationError, AgreesWithNumPy) {
  EXPECT_NEAR(calibration_error(two_classes()), 0.17326414425763828, 1e-12);
  EXPECT_NEAR(calibration_error(two_classes(), 1.3013427744864994), 0.13756143780425056, 1e-9);
}

TEST(ReliabilityBins, HoldEachPictureOnce) {
  const std::vector<ReliabilityBin> bins = reliability_bins(two_classes());
  ASSERT_EQ(bins.size(), 15u);
  int64_t count = 0;
  for (size_t i = 0; i < bins.size(); ++i) {
    count += bins[i].count;
    if (bins[i].count == 0) continue;
    EXPECT_GT(bins[i].confidence, static_cast<double>(i) / 15);
    EXPECT_LE(bins[i].confidence, static_cast<double>(i + 1) / 15);
  }
  EXPECT_EQ(count, 200);
}

TEST(ReliabilityBins, CertaintyIsInTheLast) {
  Predictions certain;
  add_logit(certain, 1000.f, 1);
  const ReliabilityBin last = reliability_bins(certain).back();
  EXPECT_EQ(last.count, 1);
  EXPECT_EQ(last.confidence, 1);
  EXPECT_EQ(last.accuracy, 1);
}

TEST(Calibrate, FindsTheTemperatureAndTheThreshold) {
  const Calibration calibration = calibrate(two_classes());
  EXPECT_NEAR(calibration.temperature, 1.3013427744864994, 1e-6);
  EXPECT_NEAR(calibration.threshold, 0.24582078009765196, 1e-12);
  EXPECT_DOUBLE_EQ(accuracy_at(two_classes(), calibration.threshold), 0.675);
  EXPECT_DOUBLE_EQ(accuracy_at(two_classes(), 0.5), 0.585);
}

TEST(Calibrate, ScoresTwiceAsLargeNeedTwiceTheTemperature) {
  Predictions doubled = three_classes();
  const double before = calibrate(doubled).temperature;
  for (float& score : doubled.scores) score *= 2;
  EXPECT_NEAR(calibrate(doubled).temperature, 2 * before, 1e-6);
}

TEST(Calibrate, StaysWithinBoundsWhereNothingIsWrong) {
  Predictions perfect;
  add_logit(perfect, 1.f, 1);
  add_logit(perfect, -1.f, 0);
  const Calibration calibration = calibrate(perfect);
  EXPECT_NEAR(calibration.temperature, 0.01, 1e-9);
  EXPECT_EQ(calibration.threshold, 0.5);
}

TEST(Calibrate, AThresholdIsNeverOneThatItsPicturesContradict) {
  Predictions certain;  // probability 0 of class 1, to the last bit of a double
  add_logit(certain, -1000.f, 1);
  add_logit(certain, -1000.f, 1);
  const Calibration calibration = calibrate(certain);
  EXPECT_EQ(accuracy_at(certain, calibration.threshold), 0);
  EXPECT_EQ(calibration.threshold, 0.5);
}

}  // namespace
}  // namespace catdog
