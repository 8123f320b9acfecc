// SPDX-License-Identifier: Apache-2.0
// Compares warped pictures with tests/data/warp_golden.json, which make_warp_golden.py explains.
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <span>

#include "catdog/core/files.hpp"
#include "catdog/pictures/warp.hpp"
#include "test_support.hpp"

namespace catdog::test {

// In the order of the golden file.
inline constexpr std::array kFillModes = {FillMode::nearest, FillMode::constant, FillMode::reflect,
                                          FillMode::wrap};

// "draws" or "ties".
inline nlohmann::json read_golden(const char* name) {
  return nlohmann::json::parse(read_text(CATDOG_TEST_DATA "/warp_golden.json")).at(name);
}

inline Picture golden_picture(const nlohmann::json& entry) {
  return make_noise(entry["size"][0], entry["size"][1]);
}

inline std::string digest(std::span<const float> numbers) {
  const auto bytes = std::as_bytes(numbers);
  return sha256({reinterpret_cast<const char*>(bytes.data()), bytes.size()}).substr(0, 16);
}

// The largest difference between `numbers`, from 0 to 255, and the samples of entry number
// `number`; a wrong sum counts as 1000.
inline double sample_difference(const nlohmann::json& expected, size_t number,
                                std::span<const float> numbers) {
  const std::vector<double> samples = expected["samples"];
  double largest = 0, sum = 0;
  for (size_t i = 0; i < samples.size(); ++i) {
    const size_t at = (i * (numbers.size() / samples.size()) + number * 7919) % numbers.size();
    largest = std::max(largest, std::abs(numbers[at] - samples[i]));
  }
  for (const float x : numbers) sum += x;
  const bool right_sum = std::abs(sum - expected["sum"].get<double>()) < 0.5;
  return right_sum ? largest : 1000;
}

}  // namespace catdog::test
