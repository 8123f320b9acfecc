// SPDX-License-Identifier: Apache-2.0
// split.json: what a split holds, where each picture came from, and its SHA-256.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "catdog/pictures/split.hpp"

namespace catdog {

inline constexpr const char* kSplitRecord = "split.json";

struct SplitPicture {
  std::filesystem::path name;    // relative to the destination: train/cats/cat.0.jpg
  std::filesystem::path source;  // relative to the source
  uint64_t bytes = 0;
  std::string sha256;
};

// The text of split.json.
std::string split_record(const SplitOptions& options, const SplitResult& result,
                         const std::vector<SplitPicture>& pictures);

// SHA-256 by the picture's exact name, from a text that split_record made. Throws DataError naming
// `source` for any other text.
std::map<std::string, std::string> hashes_in_record(std::string_view text,
                                                    const std::string& source);

}  // namespace catdog
