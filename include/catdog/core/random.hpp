// SPDX-License-Identifier: Apache-2.0
// Counter-based random numbers: every draw is a function of (seed, stream, pass, index) alone, so
// that a result never depends on the number of threads or on where a run was cut off.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace catdog {

// What a draw is for; two streams of one seed are independent.
enum class Stream : uint32_t {
  shuffle = 1,  // order of the pictures in a pass
  split = 2,    // catdog split --shuffle
  dropout = 3,  // one seed for torch's generator a training step
  synth = 4,    // demo pictures
  augment = 5,  // random transformations of a picture
  mix = 6,      // how the pictures of a batch are mixed
  fold = 7,     // parts for cross-validation
};

// Philox4x32-10: four 32-bit numbers from a 128-bit counter and a 64-bit key. Salmon et al.,
// "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

class Rng {
 public:
  Rng(uint64_t seed, Stream stream, uint32_t pass = 0, uint32_t index = 0);

  // Other numbers for the same four arguments, 2^26 of them for each `number` from 1 to 255: for
  // draws that must not depend on how many were made before.
  Rng branch(uint32_t number) const;

  uint32_t next_u32();
  uint64_t next_u64();
  // In [0, 1), 53 random bits.
  double uniform();
  // In [low, high); `low` if both are equal.
  double uniform(double low, double high);
  // In {0, …, n-1}, each equally likely; n >= 1. (Lemire, "Fast random integer generation in an
  // interval", 2019.)
  uint64_t below(uint64_t n);
  // Standard normal. (Box and Muller, 1958.)
  double normal();

 private:
  std::array<uint32_t, 2> key_;
  std::array<uint32_t, 4> counter_;  // block, index, pass, stream
  std::array<uint32_t, 4> block_{};
  int used_ = 4;
};

// A uniformly random order of 0 … n-1 (Fisher and Yates).
std::vector<int64_t> permutation(int64_t n, Rng rng);

}  // namespace catdog
