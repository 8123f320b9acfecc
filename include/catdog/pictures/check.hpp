// SPDX-License-Identifier: Apache-2.0
// `catdog check`: reads every picture of a folder once and says what is wrong or odd with them,
// one by one and with each other. Changes nothing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "catdog/pictures/decode.hpp"

namespace catdog {

struct CheckOptions {
  std::filesystem::path dir;  // a split, or labelled pictures as `catdog split` takes them
  int near_bits = 48;         // of 256: so far apart are near-duplicates at most; -1: do not look
  int tiny_px = 32;           // a picture with a side below this is tiny
  DecodeLimits limits = {};
};

// In the order in which they are reported.
enum class FindingKind {
  unreadable,  // these would spoil training or judging
  no_picture,
  absurd_size,
  damaged,
  changed,
  classes,
  two_labels,
  shared,
  near_shared,
  repeated,  // and these are for the user to know
  near,
  wrong_ending,
  not_taken,
  missing,
  added,
  unbalanced,
  grey,
  cmyk,
  alpha,
  turned,
  tiny,
};
// The kinds before this one spoil.
inline constexpr FindingKind kFirstNote = FindingKind::repeated;

struct FindingText {
  const char* id;     // for programs
  const char* title;  // for people
};
FindingText text_of(FindingKind kind);

struct Finding {
  FindingKind kind;
  std::vector<std::string> files;  // exact, from `dir` on; several where they belong together
  std::string detail;              // what is wrong; empty where the kind says all

  bool spoils() const { return kind < kFirstNote; }
  auto operator<=>(const Finding&) const = default;
};

struct Spread {
  int64_t smallest = 0, median = 0, largest = 0;
};

struct CheckResult {
  bool is_split = false;
  std::vector<std::string> subsets;          // those that are there, of kSubsets; "" if no split
  std::vector<std::string> classes;          // sorted
  std::vector<std::vector<int64_t>> counts;  // pictures, by subset, then class
  int64_t pictures = 0;
  std::map<std::string, int64_t> formats;  // of those that can be read
  Spread width_px, height_px, bytes;       // of those that can be read
  std::vector<Finding> findings;           // sorted
};

// Holds one file a thread in memory. `progress(done, of)` is called now and then. Throws DataError
// if there are no labelled pictures in `dir`; Interrupted.
CheckResult check_pictures(const CheckOptions& options,
                           const std::function<void(size_t, size_t)>& progress = {});

}  // namespace catdog
