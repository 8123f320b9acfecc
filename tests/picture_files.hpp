// SPDX-License-Identifier: Apache-2.0
// Bytes of picture files for the tests of reading them: those that Pillow wrote, and ways to break
// them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "test_support.hpp"

namespace catdog::test {

inline std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

struct Golden {
  std::string name, file, rgb;
  int height, width;
};

// Files that Pillow wrote, with the pixels it reads from them.
inline const std::vector<Golden>& golden_pictures() {
  static const std::vector<Golden> pictures = [] {
    std::vector<Golden> read;
    const auto text = read_text(CATDOG_TEST_DATA "/picture_golden.json");
    for (const auto& entry : nlohmann::json::parse(text)) {
      read.push_back({entry["name"], from_hex(entry["file"]), from_hex(entry["rgb"]),
                      entry["height"], entry["width"]});
    }
    return read;
  }();
  return pictures;
}

inline std::string jpeg(int height = 120, int width = 160, bool progressive = false) {
  return encode(make_noise(height, width), ".jpg",
                {cv::IMWRITE_JPEG_PROGRESSIVE, progressive ? 1 : 0});
}

inline std::string with_u16(std::string bytes, size_t at, int value) {
  bytes[at] = static_cast<char>(value >> 8);
  bytes[at + 1] = static_cast<char>(value & 255);
  return bytes;
}

// A JPEG whose header tells another size than its data have.
inline std::string jpeg_that_claims(int height, int width) {
  const std::string bytes = jpeg();
  const size_t frame = bytes.find("\xFF\xC0");
  return with_u16(with_u16(bytes, frame + 5, height), frame + 7, width);
}

inline std::string with_bytes(std::string bytes, size_t at, std::string_view replacement) {
  return bytes.replace(at, replacement.size(), replacement);
}

}  // namespace catdog::test
