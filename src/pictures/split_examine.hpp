// SPDX-License-Identifier: Apache-2.0
// Reads the pictures that a split would take, once each, on all processors.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "catdog/pictures/decode.hpp"

namespace catdog {

struct Examined {
  uint64_t bytes = 0;
  std::string sha256;
  std::string fault;  // empty if the picture can be read
};

// One result a file, in their order. Holds one file a thread in memory. Throws Interrupted.
std::vector<Examined> examine_pictures(const std::vector<std::filesystem::path>& files,
                                       DecodeLimits limits);

}  // namespace catdog
