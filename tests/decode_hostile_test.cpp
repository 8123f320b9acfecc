// SPDX-License-Identifier: Apache-2.0
// Small files that would take gigabytes or minutes to decode, were their headers believed.
#include <gtest/gtest.h>

#include <thread>

#include "picture_files.hpp"

namespace catdog {
namespace {

using test::encode;
using test::fault_of;
using test::from_hex;
using test::jpeg_in_scans;
using test::make_noise;
using test::most_memory_mb;
using test::with_bytes;

// A header that is read in two ways passes for a small picture, and is decoded as a large one: 31
// KB of PNG or 32 bytes of WebP then take 700 MB and more.
TEST(HostilePicture, IsNotFooledAboutTheSize) {
  using namespace std::string_literals;
  using namespace std::string_view_literals;
  const std::string png = encode(make_noise(6, 8), ".png");
  const auto chunk =
      "\0\0\0\x0D"
      "abCd"
      "\0\0\0\x08\0\0\0\x06\x08\2\0\0\0"
      "\0\0\0\0"sv;
  EXPECT_EQ(fault_of(png.substr(0, 8) + std::string(chunk) + png.substr(8)),
            "file: damaged PNG (its first chunk is not its header)");

  // Lossless, 12,000 x 12,000, without the chunk around it.
  const std::string raw = from_hex("2fdfeeb70b075081540820000a9afec78888fe07");
  EXPECT_EQ(fault_of("RIFF\x18\0\0\0WEBP"s + raw),
            "file: damaged WebP (its first chunk is no picture)");

  EXPECT_EQ(fault_of("P4\n# ends here\r16000 16000 \n10 10\n"),
            "file: it has 16000x16000 pixels, at most 100000000 are allowed");
  EXPECT_EQ(fault_of("P4 16000#16000\n10\n"),
            "file: it has 16000x16000 pixels, at most 100000000 are allowed");

  const std::string tiff = encode(make_noise(6, 8), ".tiff");
  const size_t directory =
      static_cast<unsigned char>(tiff[4]) + 256u * static_cast<unsigned char>(tiff[5]);
  const std::string width = "\0\1"s, entry = "\0\1\4\0\1\0\0\0\x0A\0\0\0"s;
  size_t at = directory + 2;
  ASSERT_EQ(tiff.substr(0, 4), "II*\0"s);
  while (tiff.compare(at, 2, width) != 0) at += 12;
  for (const std::string& wrong :
       {with_bytes(tiff, at, "\0\1\1\0\1\0\0\0\x0A\0\0\0"s),     // in bytes
        with_bytes(tiff, at, "\0\1\4\0\2\0\0\0\x0A\0\0\0"s)}) {  // two of them
    EXPECT_EQ(fault_of(wrong), "file: damaged TIFF (its size is not one number)");
  }
  EXPECT_EQ(fault_of(with_bytes(tiff, at + 12, entry)),
            "file: damaged TIFF (its size stands twice)");
}

// 320 KB would be read for minutes, as long as all of its scans cover 100 megapixels.
TEST(HostilePicture, RefusesAProgressiveJpegOfTooManyScans) {
  EXPECT_EQ(check_picture(jpeg_in_scans(64, 100), "file"), (Size{64, 64}));
  EXPECT_EQ(fault_of(jpeg_in_scans(64, 101)),
            "file: truncated or damaged JPEG (more than 100 scans)");
  fault_of(jpeg_in_scans(64, 883));
}

TEST(HostilePicture, RefusesAProgressiveJpegThatTakesMoreMemoryThanItsPixels) {
  EXPECT_EQ(fault_of(jpeg_in_scans(9999, 1, /*components=*/3)),
            "file: a progressive JPEG that takes 572 MB to decode, at most 320 are allowed");
}

// 780 KB would do, packed, for 100 megapixels of 4 channels with 16 bits.
TEST(HostilePicture, RefusesATiffWhoseOneStripTakesMoreMemoryThanItsPixels) {
  using namespace std::string_literals;
  const auto tiff = [](const std::string& entries) {
    return "II*\0\x08\0\0\0"s + static_cast<char>(entries.size() / 12) + "\0"s + entries;
  };
  const std::string size =
      "\0\1\3\0\1\0\0\0\x0F\x27\0\0\1\1\3\0\1\0\0\0\x0F\x27\0\0"s;  // 9,999 twice
  EXPECT_EQ(fault_of(tiff(size + "\2\1\3\0\2\0\0\0\x10\0\x10\0\x15\1\3\0\1\0\0\0\4\0\0\0"s)),
            "file: a TIFF that takes 762 MB to decode, at most 320 are allowed");
  EXPECT_EQ(fault_of(tiff(size)),
            "file: a TIFF that takes 381 MB to decode, at most 320 are allowed");
}

// 36 megapixels in 70 KB: 69 MB of coefficients each.
TEST(HostilePicture, LargePicturesTakeTurns) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the address sanitizer keeps what was freed";
#endif
  const std::string bytes = jpeg_in_scans(6000, 2);
  const long before_mb = most_memory_mb();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&] { check_picture(bytes, "file"); });
  }
  EXPECT_LT(most_memory_mb() - before_mb, 130);
}

}  // namespace
}  // namespace catdog
