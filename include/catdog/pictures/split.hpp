// SPDX-License-Identifier: Apache-2.0
// `catdog split`: from a folder of labelled pictures to DEST/{train,validation,test}/<class>/,
// all or nothing, with a record of every picture in DEST/split.json.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "catdog/pictures/decode.hpp"
#include "catdog/pictures/image_files.hpp"
#include "catdog/pictures/subsets.hpp"

namespace catdog {

enum class Placement { copy, hardlink, symlink };

struct SplitOptions {
  std::filesystem::path source;
  std::filesystem::path destination;
  std::array<int64_t, 3> counts = {1000, 500, 500};  // pictures a class for each of kSubsets
  std::vector<double> fractions;  // three shares of each class's pictures, in place of counts
  Placement placement = Placement::copy;
  bool shuffle = false;   // random instead of in number order
  uint64_t seed = 0;      // of the shuffle
  bool skip_bad = false;  // take the next picture for an unreadable one instead of stopping
  bool force = false;     // replace a split that DEST already holds
  bool merge = false;     // the source is split already: put its subsets together first
  DecodeLimits limits = {};
};

struct SkippedPicture {
  std::filesystem::path file;  // relative to the source
  std::string reason;
};

// Byte-identical pictures in different subsets.
struct SharedPicture {
  std::vector<std::string> files;  // relative to the destination
};

struct SplitResult {
  std::string layout;  // how the classes were found in the source, for people
  std::vector<std::string> classes;                  // sorted
  std::vector<std::array<int64_t, 3>> class_counts;  // by class, then subset
  std::vector<SkippedPicture> skipped;
  std::vector<SharedPicture> shared;
  std::vector<SkippedFile> not_taken;  // what the listing of the source skipped
  std::vector<int64_t> unused;         // by class: images that no subset took
};

// Throws DataError (unknown layout, too few pictures, unreadable pictures), ConfigError (options
// without sense), Error (files cannot be written), Interrupted; DEST is then as it was before.
SplitResult split_pictures(const SplitOptions& options);

}  // namespace catdog
