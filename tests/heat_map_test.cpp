// SPDX-License-Identifier: Apache-2.0
#include "catdog/report/heat_map.hpp"

#include <gtest/gtest.h>

#include "test_support.hpp"

namespace catdog {
namespace {

TEST(HeatMap, IsRedWhereItIsHotAndBlueWhereItIsCold) {
  const Picture grey(40, 60, CV_8UC3, cv::Scalar::all(100));
  const float heat[] = {0, 1};  // cold on the left, hot on the right
  const Picture overlaid = with_heat_map(grey, heat, {1, 2});
  EXPECT_EQ(overlaid.size(), grey.size());
  const auto left = overlaid.at<cv::Vec3b>(20, 2), right = overlaid.at<cv::Vec3b>(20, 57);
  EXPECT_EQ(left[0], 60);    // no red but the picture's own 60 %
  EXPECT_GT(left[2], 100);   // blue
  EXPECT_GT(right[0], 100);  // red
  EXPECT_EQ(right[2], 60);
  EXPECT_EQ(grey.at<cv::Vec3b>(20, 2), cv::Vec3b(100, 100, 100));  // the picture stays
}

}  // namespace
}  // namespace catdog
