// SPDX-License-Identifier: Apache-2.0
// Bytes of picture files for the tests of reading them: those that Pillow wrote, and ways to break
// them; the fault that is found in them, and the memory that it took.
#pragma once

#include <sys/resource.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "catdog/core/error.hpp"
#include "catdog/pictures/decode.hpp"
#include "test_support.hpp"

namespace catdog::test {

constexpr Size kSmall = {5, 7};

// The fault that all readers find; `file` stands for the name.
inline std::string fault_of(const std::string& bytes) {
  const std::string fault = message_of<DataError>([&] { decode_picture(bytes, "file"); });
  EXPECT_EQ(message_of<DataError>([&] { check_picture(bytes, "file"); }), fault);
  EXPECT_EQ(
      message_of<DataError>([&] { decode_resized(bytes, "file", kSmall, Resampling::nearest); }),
      fault);
  EXPECT_EQ(message_of<DataError>([&] { inspect_picture(bytes, "file"); }), fault);
  EXPECT_EQ(fault.find('\n'), std::string::npos);
  return fault;
}

// The most that this process held so far.
inline long most_memory_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

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

// A progressive JPEG of one blank, grey picture in so many scans, at most 883, the last of which
// improve what is right as it is. Its header names `components`, of which the scans paint one.
inline std::string jpeg_in_scans(int side_px, int scans, int components = 1) {
  using namespace std::string_view_literals;
  const auto u16 = [](int value) { return with_u16("  ", 0, value); };
  const auto segment = [&](char marker, const std::string& data) {
    return std::string("\xFF") + marker + u16(static_cast<int>(data.size()) + 2) + data;
  };
  std::string frame = "\x08" + u16(side_px) + u16(side_px) + static_cast<char>(components);
  for (int i = 1; i <= components; ++i) frame += {static_cast<char>(i), '\x11', '\0'};
  std::string bytes =
      "\xFF\xD8" + segment('\xDB', '\0' + std::string(64, '\1')) + segment('\xC2', frame);
  // Of each table of codes one, the bit 0: no difference (DC); 2^14 blocks or more of zeros (AC).
  const std::string one_code = '\1' + std::string(15, '\0');
  bytes += segment('\xC4', '\0' + one_code + '\0') + segment('\xC4', '\x10' + one_code + '\xE0');

  const int blocks = ((side_px + 7) / 8) * ((side_px + 7) / 8);
  const std::string dc(static_cast<size_t>(blocks + 7) / 8, '\0');
  std::string ac;  // 0 and 14 bits of 0, as often as needed
  for (int bits = 15 * ((blocks >> 14) + 1); bits > 0; bits -= 8) ac += '\0';
  const auto scan = [&](int coefficient, int high, int low) {
    const auto ch = [](int value) { return static_cast<char>(value); };
    bytes +=
        segment('\xDA', {'\1', '\1', '\0', ch(coefficient), ch(coefficient), ch(high << 4 | low)}) +
        (coefficient == 0 ? dc : ac);
  };
  for (int done = 0, low = 13; done < scans; --low) {
    for (int i = low == 13 ? 0 : 1; i < 64 && done < scans; ++i, ++done) {
      scan(i, low == 13 ? 0 : low + 1, low);
    }
  }
  return bytes + "\xFF\xD9";
}

inline std::string with_bytes(std::string bytes, size_t at, std::string_view replacement) {
  return bytes.replace(at, replacement.size(), replacement);
}

}  // namespace catdog::test
