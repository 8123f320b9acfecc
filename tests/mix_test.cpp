// SPDX-License-Identifier: Apache-2.0
// Mixing two pictures: the shares that are drawn, the rectangle, and the pixels.
#include "catdog/pictures/mix.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace catdog {
namespace {

constexpr Size kMixedSize = {48, 64};
constexpr uint32_t kDraws = 20'000;

Mix draw(const AugmentOptions& options, uint32_t batch) {
  return draw_mix(options, kMixedSize, Rng(8, Stream::mix, 0, batch));
}

AugmentOptions options_of(double mixup_alpha, double cutmix_alpha) {
  AugmentOptions options;
  options.mixup_alpha = mixup_alpha;
  options.cutmix_alpha = cutmix_alpha;
  return options;
}

TEST(Mix, SharesAreBetaDistributed) {
  for (const double alpha : {0.001, 0.2, 0.5, 1.0, 2.5, 10.0}) {
    double sum = 0, squares = 0, fourths = 0;
    for (uint32_t i = 0; i < kDraws; ++i) {
      const Mix mix = draw(options_of(alpha, 0), i);
      EXPECT_TRUE(mix.pasted.empty());
      ASSERT_TRUE(mix.share >= 0 && mix.share <= 1) << mix.share;
      const double x = mix.share - 0.5;
      sum += x;
      squares += x * x;
      fourths += x * x * x * x;
    }
    const double variance = 1 / (4 * (2 * alpha + 1));
    // The fourth moment about the middle is that of Beta(alpha, alpha), too.
    const double fourth = 3 * variance * variance * (2 * alpha + 1) / (2 * alpha + 3);
    EXPECT_NEAR(sum / kDraws, 0, 5 * std::sqrt(variance / kDraws)) << alpha;
    EXPECT_NEAR(squares / kDraws, variance,
                5 * std::sqrt((fourth - variance * variance) / kDraws) + 1e-12)
        << alpha;
    EXPECT_NEAR(fourths / kDraws, fourth, 5 * 0.0625 / std::sqrt(kDraws)) << alpha;
  }
}

TEST(Mix, CutmixsShareIsWhatTheRectangleLeaves) {
  double outside = 0;
  int clipped = 0;
  for (uint32_t i = 0; i < kDraws; ++i) {
    const Mix mix = draw(options_of(0, 1), i);
    EXPECT_EQ(mix.pasted & cv::Rect(0, 0, 64, 48), mix.pasted);
    EXPECT_DOUBLE_EQ(mix.share, 1 - mix.pasted.area() / (48.0 * 64));
    outside += mix.share;
    clipped += mix.pasted.x == 0 || mix.pasted.y == 0;
  }
  EXPECT_GT(clipped, 2000);
  // Half of the area before clipping, which leaves out a part.
  EXPECT_GT(outside / kDraws, 0.5);
  EXPECT_LT(outside / kDraws, 0.8);
}

// Its sides have the picture's ratio, as in the paper, where it does not stick out.
TEST(Mix, CutmixsRectangleIsAPictureInSmall) {
  for (uint32_t i = 0; i < 500; ++i) {
    const cv::Rect pasted = draw(options_of(0, 1), i).pasted;
    if (pasted.x == 0 || pasted.y == 0 || pasted.br().x == 64 || pasted.br().y == 48) continue;
    EXPECT_NEAR(pasted.width / 64.0, pasted.height / 48.0, 0.08) << pasted;
  }
}

TEST(Mix, EachOfBothIsTakenAsOftenAsTheOther) {
  int pasted = 0;
  for (uint32_t i = 0; i < kDraws; ++i) pasted += !draw(options_of(5, 5), i).pasted.empty();
  EXPECT_NEAR(pasted, kDraws / 2, 5 * std::sqrt(kDraws) / 2);
}

TEST(Mix, OnlyAShareOfTheBatchesIsMixed) {
  AugmentOptions options = options_of(1, 0);
  const Mix always = draw(options, 3);
  options.mix_share = 0.3;
  int mixed = 0;
  for (uint32_t i = 0; i < kDraws; ++i) mixed += draw(options, i).share != 1;
  EXPECT_NEAR(mixed, 0.3 * kDraws, 5 * std::sqrt(0.21 * kDraws));
  options.mix_share = 0;
  EXPECT_EQ(draw(options, 3), Mix{});
  options.mix_share = 1;
  EXPECT_EQ(draw(options, 3), always);
  EXPECT_EQ(draw(AugmentOptions(), 3), Mix{});
}

TEST(Mix, SeedPassAndBatchDecideEverything) {
  const AugmentOptions options = options_of(0.4, 1);
  const auto mix = [&](uint64_t seed, uint32_t pass, uint32_t batch) {
    return draw_mix(options, kMixedSize, Rng(seed, Stream::mix, pass, batch));
  };
  EXPECT_EQ(mix(1, 2, 3), mix(1, 2, 3));
  EXPECT_NE(mix(1, 2, 3), mix(2, 2, 3));
  EXPECT_NE(mix(1, 2, 3), mix(1, 3, 3));
  EXPECT_NE(mix(1, 2, 3), mix(1, 2, 4));
}

TEST(MixInto, BlendsByTheShare) {
  std::vector<float> picture = {0, 1, 0.5f, 0.25f, 1, 1}, other = {1, 0, 0.5f, 0.75f, 1, 0};
  mix_into(picture.data(), other.data(), {.share = 0.75, .pasted = {}}, {1, 2});
  EXPECT_EQ(picture, (std::vector<float>{0.25f, 0.75f, 0.5f, 0.375f, 1, 0.75f}));
}

TEST(MixInto, PastesTheRectangleAndNothingElse) {
  std::vector<float> picture(48 * 64 * 3), other(picture.size());
  for (size_t i = 0; i < picture.size(); ++i) {
    picture[i] = static_cast<float>(i);
    other[i] = -static_cast<float>(i) - 1;
  }
  const cv::Rect pasted(5, 30, 20, 18);
  mix_into(picture.data(), other.data(), {.share = 0.9, .pasted = pasted}, kMixedSize);
  for (int i = 0; i < 48 * 64 * 3; ++i) {
    const bool is_inside = pasted.contains({i / 3 % 64, i / (3 * 64)});
    EXPECT_EQ(picture[static_cast<size_t>(i)], is_inside ? -i - 1 : i);
  }
}

TEST(MixInto, LeavesAPictureThatIsNotMixed) {
  std::vector<float> picture = {0.1f, 0.2f, 0.3f}, other = {NAN, NAN, NAN};
  mix_into(picture.data(), other.data(), Mix{}, {1, 1});
  EXPECT_EQ(picture, (std::vector<float>{0.1f, 0.2f, 0.3f}));
}

}  // namespace
}  // namespace catdog
