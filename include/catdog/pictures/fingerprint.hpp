// SPDX-License-Identifier: Apache-2.0
// Tells whether two files show the same picture though their bytes differ: saved again, in another
// size, a little lighter or cut.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "catdog/pictures/picture.hpp"

namespace catdog {

// 256 signs of low frequencies.
using Fingerprint = std::array<uint64_t, 4>;

// pHash: the picture in grey at 32×32, its cosine transform, and of the 16×16 lowest frequencies
// which lie above their median (C. Zauner, "Implementation and Benchmarking of Perceptual Image
// Hash Functions", 2010, section 3.2.1, there with 8×8). None for a picture of one colour, or
// nearly: what is left of it is noise.
std::optional<Fingerprint> fingerprint(const Picture& picture);

// How many of the 256 signs differ; about half do in pictures that have nothing in common.
int distance(const Fingerprint& a, const Fingerprint& b);

struct NearPair {
  size_t first, second;  // first < second
  int distance;
};

// All pairs at most `bits` apart, sorted. Compares each with each: 25,000 take a second. Throws
// Interrupted.
std::vector<NearPair> near_pairs(const std::vector<Fingerprint>& fingerprints, int bits);

}  // namespace catdog
