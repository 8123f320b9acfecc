// SPDX-License-Identifier: Apache-2.0
#include "catdog/judge/comparison.hpp"

#include <gtest/gtest.h>

namespace catdog {
namespace {

// Two classifiers that disagree on so many pictures, and both tell ten more rightly.
Comparison of(int only_first, int only_second) {
  Predictions first, second;
  const auto add = [&](float first_logit, float second_logit) {
    add_logit(first, first_logit, 1);
    add_logit(second, second_logit, 1);
  };
  for (int i = 0; i < only_first; ++i) add(1, -1);
  for (int i = 0; i < only_second; ++i) add(-1, 1);
  for (int i = 0; i < 10; ++i) add(1, 1);
  return compare(first, second);
}

TEST(Compare, CountsWhatOneAloneTellsRightly) {
  const Comparison result = of(5, 15);
  EXPECT_EQ(result.only_first, 5);
  EXPECT_EQ(result.only_second, 15);
}

// scipy.stats.binomtest(min, sum, 0.5).pvalue
TEST(Compare, AgreesWithSciPy) {
  EXPECT_NEAR(of(5, 15).p_value, 0.04138946533203125, 1e-12);
  EXPECT_NEAR(of(15, 5).p_value, 0.04138946533203125, 1e-12);
  EXPECT_NEAR(of(0, 6).p_value, 0.03125, 1e-12);
  EXPECT_NEAR(of(40, 60).p_value, 0.05688793364098089, 1e-10);
  EXPECT_NEAR(of(300, 360).p_value, 0.02157234823197109, 1e-10);
  EXPECT_EQ(of(10, 10).p_value, 1);
  EXPECT_EQ(of(0, 0).p_value, 1);
}

}  // namespace
}  // namespace catdog
