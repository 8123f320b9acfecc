// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace catdog {
namespace {

// The known answers that come with Random123 (kat_vectors, philox4x32 with 10 rounds).
TEST(Philox, GivesTheKnownAnswers) {
  using Block = std::array<uint32_t, 4>;
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}),
            (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}),
            (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Rng, IsAFunctionOfItsFourArguments) {
  const auto first = [](Rng rng) { return rng.next_u64(); };
  EXPECT_EQ(first(Rng(1, Stream::shuffle, 2, 3)), first(Rng(1, Stream::shuffle, 2, 3)));
  const std::set<uint64_t> different = {
      first(Rng(1, Stream::shuffle, 2, 3)), first(Rng(2, Stream::shuffle, 2, 3)),
      first(Rng(1, Stream::dropout, 2, 3)), first(Rng(1, Stream::shuffle, 3, 3)),
      first(Rng(1, Stream::shuffle, 2, 4)), first(Rng(1ull << 32, Stream::shuffle, 2, 3))};
  EXPECT_EQ(different.size(), 6u);
}

TEST(Rng, ABranchDoesNotDependOnWhatWasDrawnBefore) {
  const Rng rng(1, Stream::augment, 2, 3);
  Rng used = rng;
  for (int i = 0; i < 1001; ++i) used.next_u32();
  const auto first = [](Rng other) { return other.next_u64(); };
  EXPECT_EQ(first(used.branch(1)), first(rng.branch(1)));
  EXPECT_EQ(first(rng.branch(2).branch(1)), first(rng.branch(1)));
  const std::set<uint64_t> different = {first(rng), first(rng.branch(1)), first(rng.branch(2)),
                                        first(rng.branch(255))};
  EXPECT_EQ(different.size(), 4u);
}

TEST(Rng, UniformFillsItsIntervalEvenly) {
  Rng rng(5, Stream::augment);
  double sum = 0, squares = 0, low = 1, high = 0;
  constexpr int kDraws = 100000;
  for (int i = 0; i < kDraws; ++i) {
    const double x = rng.uniform();
    sum += x;
    squares += x * x;
    low = std::min(low, x);
    high = std::max(high, x);
  }
  EXPECT_NEAR(sum / kDraws, 0.5, 5 * std::sqrt(1.0 / 12 / kDraws));
  EXPECT_NEAR(squares / kDraws, 1.0 / 3, 5 * std::sqrt(4.0 / 45 / kDraws));
  EXPECT_GE(low, 0);
  EXPECT_LT(high, 1);
  EXPECT_LT(low, 1e-3);
  EXPECT_GT(high, 1 - 1e-3);
  EXPECT_EQ(rng.uniform(3, 3), 3);
}

TEST(Rng, BelowIsEvenAndInRange) {
  Rng rng(6, Stream::augment);
  std::map<uint64_t, int> count;
  for (int i = 0; i < 70000; ++i) ++count[rng.below(7)];
  ASSERT_EQ(count.size(), 7u);
  for (const auto& [value, times] : count) {
    EXPECT_LT(value, 7u);
    EXPECT_NEAR(times, 10000, 5 * std::sqrt(10000.0));
  }
  EXPECT_EQ(rng.below(1), 0u);
}

TEST(Rng, NormalHasMeanZeroAndVarianceOne) {
  Rng rng(7, Stream::synth);
  double sum = 0, squares = 0;
  constexpr int kDraws = 100000;
  for (int i = 0; i < kDraws; ++i) {
    const double x = rng.normal();
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / kDraws, 0, 5 / std::sqrt(kDraws));
  EXPECT_NEAR(squares / kDraws, 1, 5 * std::sqrt(2.0 / kDraws));
}

TEST(Permutation, HoldsEachNumberOnceAndEveryOrderIsEquallyLikely) {
  std::map<std::vector<int64_t>, int> count;
  for (uint32_t pass = 0; pass < 6000; ++pass) {
    ++count[permutation(3, Rng(1, Stream::shuffle, pass))];
  }
  EXPECT_EQ(count.size(), 6u);
  for (const auto& [order, times] : count) {
    EXPECT_TRUE(
        std::is_permutation(order.begin(), order.end(), std::vector<int64_t>{0, 1, 2}.begin()));
    EXPECT_NEAR(times, 1000, 5 * std::sqrt(1000.0));
  }
  EXPECT_TRUE(permutation(0, Rng(1, Stream::shuffle)).empty());
}

}  // namespace
}  // namespace catdog
