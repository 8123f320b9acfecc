// SPDX-License-Identifier: Apache-2.0
// Pixels are read as they are stored, whatever orientation a file asks for, and `check` names it.
#include <gtest/gtest.h>

#include <string>

#include "picture_files.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::encode;
using test::fault_of;
using test::make_noise;
using namespace std::string_literals;

std::string integer(uint32_t value, int bytes, bool big_endian) {
  std::string text;
  for (int i = 0; i < bytes; ++i) {
    const int place = big_endian ? bytes - 1 - i : i;
    text += static_cast<char>(value >> 8 * place & 0xFF);
  }
  return text;
}

struct TiffOptions {
  bool big_endian = false;
  uint32_t orientation_type = 3, bits = 8, sample_format = 1;
};

// An uncompressed RGB TIFF. Of type 1 a number has 8 bits, of 3 it has 16, of 4 it has 32.
std::string tiff_of(const Picture& picture, uint32_t orientation, TiffOptions options = {}) {
  const bool big_endian = options.big_endian;
  const auto n = [&](uint32_t value, int bytes) { return integer(value, bytes, big_endian); };
  const auto entry = [&](uint32_t tag, uint32_t type, uint32_t value) {
    const int bytes = type == 1 ? 1 : type == 3 ? 2 : 4;
    return n(tag, 2) + n(type, 2) + n(1, 4) + n(value, bytes) + std::string(4 - bytes, '\0');
  };
  constexpr uint32_t kEntries = 11, kBitsAt = 8 + 2 + 12 * kEntries + 4, kPixelsAt = kBitsAt + 6;
  const auto height = static_cast<uint32_t>(picture.rows);
  const auto pixel_bytes = static_cast<uint32_t>(picture.total() * 3);
  std::string file = (big_endian ? "MM\0*"s : "II*\0"s) + n(8, 4) + n(kEntries, 2);
  file += entry(256, 3, static_cast<uint32_t>(picture.cols)) + entry(257, 3, height);
  file += n(258, 2) + n(3, 2) + n(3, 4) + n(kBitsAt, 4);
  file += entry(259, 3, 1) + entry(262, 3, 2) + entry(273, 4, kPixelsAt);
  file += entry(274, options.orientation_type, orientation);
  file += entry(277, 3, 3) + entry(278, 3, height) + entry(279, 4, pixel_bytes);
  file += entry(339, 3, options.sample_format) + n(0, 4);
  for (int i = 0; i < 3; ++i) file += n(options.bits, 2);
  return file + std::string(reinterpret_cast<const char*>(picture.data), pixel_bytes);
}

// An EXIF block that says nothing but the orientation.
std::string exif_with(uint32_t orientation) {
  return "MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1"s + integer(orientation, 2, true) + "\0\0\0\0\0\0"s;
}

void expect_stored(const std::string& file, const Picture& picture, bool turned) {
  const Picture decoded = decode_picture(file, "file");
  ASSERT_EQ(decoded.size(), picture.size());
  EXPECT_EQ(cv::norm(decoded, picture, cv::NORM_INF), 0);
  EXPECT_EQ(check_picture(file, "file"), (Size{picture.rows, picture.cols}));
  const PictureFacts facts = inspect_picture(file, "file");
  EXPECT_EQ(facts.turned, turned);
  EXPECT_EQ(facts.size, (Size{picture.rows, picture.cols}));
}

TEST(Orientation, OfATiffIsIgnored) {
  const Picture picture = make_noise(6, 9);
  for (const bool big_endian : {false, true}) {
    for (const uint32_t type : {1u, 3u, 4u}) {
      for (uint32_t orientation = 0; orientation <= 9; ++orientation) {
        SCOPED_TRACE(testing::Message() << big_endian << ' ' << type << ' ' << orientation);
        expect_stored(tiff_of(picture, orientation, {big_endian, type}), picture,
                      orientation >= 2 && orientation <= 8);
      }
    }
  }
}

TEST(Orientation, OfAPngIsIgnored) {
  const Picture picture = make_noise(6, 9);
  const std::string png = encode(picture, ".png");
  constexpr size_t kHeaderEnd = 8 + 25;
  const auto with_exif = [&](uint32_t orientation) {
    const std::string data = exif_with(orientation);
    // Decoders do not ask for a right checksum in this chunk.
    return png.substr(0, kHeaderEnd) + integer(static_cast<uint32_t>(data.size()), 4, true) +
           "eXIf" + data + "\0\0\0\0"s + png.substr(kHeaderEnd);
  };
  expect_stored(png, picture, false);
  expect_stored(with_exif(1), picture, false);
  expect_stored(with_exif(6), picture, true);
}

TEST(Orientation, OfAWebpIsIgnored) {
  const Picture picture = make_noise(6, 9);
  const std::string webp = encode(picture, ".webp");  // RIFF, size, WEBP, one chunk
  const auto with_exif = [&](const std::string& data) {
    const std::string chunks = "VP8X" + integer(10, 4, false) + "\x08\0\0\0"s +
                               integer(8, 3, false) + integer(5, 3, false) + webp.substr(12) +
                               "EXIF" + integer(static_cast<uint32_t>(data.size()), 4, false) +
                               data;
    return "RIFF" + integer(static_cast<uint32_t>(4 + chunks.size()), 4, false) + "WEBP" + chunks;
  };
  const Picture decoded = decode_picture(webp, "file");
  expect_stored(webp, decoded, false);
  expect_stored(with_exif(exif_with(1)), decoded, false);
  expect_stored(with_exif(exif_with(6)), decoded, true);
  expect_stored(with_exif("Exif\0\0"s + exif_with(6)), decoded, true);
}

// What OpenCV reads in one version and not in another, or by ranges of its own.
TEST(UnsupportedVariant, IsNamed) {
  const Picture picture = make_noise(6, 9);
  EXPECT_EQ(fault_of(tiff_of(picture, 1, {.bits = 32, .sample_format = 3})),
            "file: a TIFF of floating-point numbers; save it with 8 or 16 bits a sample");
  EXPECT_EQ(fault_of(tiff_of(picture, 1, {.bits = 16, .sample_format = 3})),
            "file: a TIFF of floating-point numbers; save it with 8 or 16 bits a sample");
  EXPECT_EQ(fault_of(tiff_of(picture, 1, {.bits = 32})),
            "file: a TIFF of 32 bits a sample; save it with 8 or 16");
  std::string animated = "RIFF\x16\0\0\0WEBPVP8X\x0A\0\0\0\2\0\0\0\x08\0\0\x05\0\0"s;
  EXPECT_EQ(fault_of(animated), "file: an animated WebP; save one of its frames");
}

}  // namespace
}  // namespace catdog
