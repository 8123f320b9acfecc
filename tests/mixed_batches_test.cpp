// SPDX-License-Identifier: Apache-2.0
#include "catdog/data/mixed_batches.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "catdog/core/random.hpp"
#include "catdog/pictures/mix.hpp"

namespace catdog {
namespace {

constexpr int kMixedSide = 12;

// Batches of other random pictures each time, by the number of the batch.
class RandomBatches : public BatchSource {
 public:
  explicit RandomBatches(int64_t first) : next_(first) {}

  std::optional<Batch> next() override {
    auto random = at::make_generator<at::CPUGeneratorImpl>(static_cast<uint64_t>(next_++));
    Batch batch = {.images = empty_images(5, kMixedSide),
                   .labels = torch::tensor({0.f, 1.f, 1.f, 0.f, 2.f}),
                   .indices = {0, 1, 2, 3, 4}};
    batch.images.copy_(torch::rand({5, 3, kMixedSide, kMixedSide}, random));
    return batch;
  }
  double waited_seconds() const override { return 0; }

 private:
  int64_t next_;
};

AugmentOptions both() {
  AugmentOptions options;
  options.mixup_alpha = 0.8;
  options.cutmix_alpha = 1;
  options.mix_share = 0.8;
  return options;
}

std::vector<Batch> take(int64_t first, int64_t count, int64_t end = 1000) {
  MixedBatches mixed(std::make_unique<RandomBatches>(first), both(), /*seed=*/7, first, end);
  std::vector<Batch> batches;
  for (int64_t i = 0; i < count; ++i) batches.push_back(*mixed.next());
  return batches;
}

// The pictures' floats as they lie in memory, one after another.
float* pixels(const Batch& batch, int64_t picture) {
  return batch.images.data_ptr<float>() + picture * kMixedSide * kMixedSide * 3;
}

TEST(MixedBatches, EachPictureIsMixedWithTheOneFromTheOtherEnd) {
  RandomBatches plain(0);
  int blended = 0, pasted = 0, left = 0;
  const std::vector<Batch> all = take(0, 40);
  for (uint32_t number = 0; number < all.size(); ++number) {
    const Batch before = *plain.next(), &mixed = all[number];
    const Mix mix = draw_mix(both(), {kMixedSide, kMixedSide}, Rng(7, Stream::mix, 0, number));
    (mix.share == 1 ? left : mix.pasted.empty() ? blended : pasted) += 1;
    EXPECT_EQ(mixed.share, mix.share);
    EXPECT_EQ(mixed.other_labels.defined(), mix.share != 1);
    EXPECT_TRUE(torch::equal(mixed.labels, before.labels));
    if (mix.share == 1) {
      EXPECT_TRUE(torch::equal(mixed.images, before.images));
      continue;
    }
    EXPECT_TRUE(torch::equal(mixed.other_labels, before.labels.flip(0)));
    for (int64_t i = 0; i < 5; ++i) {
      std::vector<float> expected(pixels(before, i), pixels(before, i) + kMixedSide * kMixedSide * 3);
      mix_into(expected.data(), pixels(before, 4 - i), mix, {kMixedSide, kMixedSide});
      for (size_t k = 0; k < expected.size(); ++k) {
        ASSERT_NEAR(pixels(mixed, i)[k], expected[k], 1e-6) << "batch " << number;
      }
    }
  }
  EXPECT_GT(blended, 5);
  EXPECT_GT(pasted, 5);
  EXPECT_GT(left, 0);
}

TEST(MixedBatches, WhatABatchBecomesDependsOnItsNumberAlone) {
  const std::vector<Batch> all = take(0, 12), later = take(9, 3);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(torch::equal(all[9 + i].images, later[i].images));
    EXPECT_EQ(all[9 + i].share, later[i].share);
  }
}

TEST(MixedBatches, ThoseBehindTheEndStayAsTheyAre) {
  const std::vector<Batch> batches = take(0, 20, /*end=*/8);
  RandomBatches plain(0);
  int mixed = 0;
  for (size_t i = 0; i < batches.size(); ++i) {
    const Batch before = *plain.next();
    const bool same = torch::equal(batches[i].images, before.images);
    mixed += same ? 0 : 1;
    EXPECT_TRUE(i < 8 || same) << i;
  }
  EXPECT_GT(mixed, 3);
}

}  // namespace
}  // namespace catdog
