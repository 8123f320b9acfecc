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
using test::message_of;
using test::most_memory_mb;
using test::with_bytes;

// These two look at the most memory so far, which the tests below raise.
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

// A camera's 108 megapixels, at one gray level: rows are read one by one, without a buffer.
TEST(HostilePicture, ReadsALargeBaselineJpegInLittleMemory) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the address sanitizer keeps what was freed";
#endif
  const std::string bytes = encode(cv::Mat(9000, 12000, CV_8UC1, cv::Scalar(90)), ".jpg");
  const test::TempFolder folder;
  test::write_text(folder / "large.jpg", bytes);
  const long before_mb = most_memory_mb();
  const Picture small = decode_resized(bytes, "file", {150, 150}, Resampling::nearest);
  EXPECT_EQ(small.at<cv::Vec3b>(75, 75), cv::Vec3b(90, 90, 90));
  EXPECT_EQ(check_picture(bytes, "file"), (Size{9000, 12000}));
  EXPECT_EQ(inspect_picture(bytes, "file").size, (Size{9000, 12000}));
  const Picture shrunk = decode_shrunk(folder / "large.jpg", 4096);
  EXPECT_EQ((Size{shrunk.rows, shrunk.cols}), (Size{3072, 4096}));
  EXPECT_LT(most_memory_mb() - before_mb, 100);  // 206 with the whole image: encoding took 103
}

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

  EXPECT_EQ(fault_of("P4\n# ends here\r30000 30000 \n10 10\n"),
            "file: it has 30000x30000 pixels, at most 400000000 are allowed");
  EXPECT_EQ(fault_of("P4 30000#30000\n10\n"),
            "file: it has 30000x30000 pixels, at most 400000000 are allowed");

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

TEST(HostilePicture, RefusesFewerScansOfALargerImage) {
  EXPECT_EQ(message_of<DataError>([] { check_picture(jpeg_in_scans(16000, 40), "file"); }),
            "file: truncated or damaged JPEG (more than 39 scans)");
}

const std::string kAllows1024 = " MB to decode, data.decode_mb allows 1024: --decode-mb ";

TEST(HostilePicture, RefusesAProgressiveJpegThatTakesTooMuchMemory) {
  const std::string bytes = jpeg_in_scans(16000, 1, /*components=*/3);
  const auto resized = [&](Resampling how) {
    return message_of<DataError>([&] { decode_resized(bytes, "file", test::kSmall, how); });
  };
  const auto checked = [&](Resampling how) {
    return message_of<DataError>([&] { check_picture(bytes, "file", {}, how); });
  };
  const std::string coefficients = "file: needs 1465" + kAllows1024 + "1465";
  const std::string with_the_image = "file: needs 2198" + kAllows1024 + "2198";
  EXPECT_EQ(resized(Resampling::nearest), coefficients);
  EXPECT_EQ(checked(Resampling::nearest), coefficients);
  EXPECT_EQ(message_of<DataError>([&] { inspect_picture(bytes, "file"); }), coefficients);
  EXPECT_EQ(message_of<DataError>([&] { decode_picture(bytes, "file"); }), with_the_image);
  for (const auto how : {Resampling::bilinear, Resampling::area}) {
    EXPECT_EQ(resized(how), with_the_image);
    EXPECT_EQ(checked(how), with_the_image);
  }
}

// The limit that the message names is enough, and one megabyte less is not.
TEST(HostilePicture, DecodesWithTheMemoryThatTheMessageNames) {
  const std::string progressive = jpeg_in_scans(6000, 1);  // 69 MB, and 103 of the image
  const std::string png = encode(cv::Mat(4800, 5000, CV_8UC1, cv::Scalar(90)), ".png");
  const auto with = [](int mb, const std::string& bytes, auto read) {
    return message_of<DataError>([&] { read(bytes, DecodeLimits{.mb = mb}); });
  };
  const auto check = [](const std::string& bytes, DecodeLimits limits) {
    check_picture(bytes, "file", limits);
  };
  const auto decode = [](const std::string& bytes, DecodeLimits limits) {
    decode_picture(bytes, "file", limits);
  };
  EXPECT_EQ(with(68, progressive, check),
            "file: needs 69 MB to decode, data.decode_mb allows 68: --decode-mb 69");
  EXPECT_NO_THROW(check(progressive, {.mb = 69}));
  EXPECT_EQ(with(171, progressive, decode),
            "file: needs 172 MB to decode, data.decode_mb allows 171: --decode-mb 172");
  EXPECT_NO_THROW(decode(progressive, {.mb = 172}));
  EXPECT_EQ(with(68, png, check),
            "file: needs 69 MB to decode, data.decode_mb allows 68: --decode-mb 69");
  EXPECT_NO_THROW(check(png, {.mb = 69}));
}

// 780 KB would do, packed, for 100 megapixels of 4 channels with 16 bits.
TEST(HostilePicture, RefusesATiffWhoseOneStripTakesTooMuchMemory) {
  using namespace std::string_literals;
  const auto tiff = [](const std::string& entries) {
    return "II*\0\x08\0\0\0"s + static_cast<char>(entries.size() / 12) + "\0"s + entries;
  };
  const auto size = [](const std::string& side) {
    return "\0\1\3\0\1\0\0\0"s + side + "\0\0\1\1\3\0\1\0\0\0"s + side + "\0\0"s;
  };
  const std::string kinds = "\2\1\3\0\2\0\0\0\x10\0\x10\0\x15\1\3\0\1\0\0\0\4\0\0\0"s;
  const std::string many_bits =  // 4 channels of 65,535 bits
      "\2\1\3\0\1\0\0\0\xFF\xFF\0\0\x15\1\3\0\1\0\0\0\4\0\0\0"s;
  EXPECT_EQ(fault_of(tiff(size("\x0F\x27"s) + kinds)),  // 9,999 twice
            "file: needs 1049" + kAllows1024 + "1049");
  EXPECT_EQ(fault_of(tiff(size("\x20\x4E"s))),  // 20,000 twice
            "file: needs 2671" + kAllows1024 + "2671");
  EXPECT_EQ(fault_of(tiff(size("\x20\x4E"s) + many_bits)),
            "file: a TIFF of 65535 bits a sample; save it with 8 or 16");
}

}  // namespace
}  // namespace catdog
