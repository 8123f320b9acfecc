// SPDX-License-Identifier: Apache-2.0
// Decoding: the pixels of Pillow for every kind of file, and one clear error, never a crash, a
// made-up picture or gigabytes of memory, for what is damaged or hostile.
#include "catdog/pictures/decode.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <thread>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "picture_files.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::encode;
using test::fault_of;
using test::Golden;
using test::golden_pictures;
using test::jpeg;
using test::jpeg_that_claims;
using test::kSmall;
using test::make_noise;
using test::make_picture;
using test::message_of;
using test::most_memory_mb;
using test::TempFolder;
using test::with_bytes;
using test::write_text;

std::string pixels_of(const Picture& picture) {
  return {reinterpret_cast<const char*>(picture.data), picture.total() * 3};
}

TEST(Decode, GivesPillowsPixels) {
  ASSERT_GE(golden_pictures().size(), 20u);
  for (const Golden& golden : golden_pictures()) {
    SCOPED_TRACE(golden.name);
    const Picture picture = decode_picture(golden.file, "file");
    ASSERT_EQ(picture.type(), CV_8UC3);
    ASSERT_TRUE(picture.isContinuous());
    EXPECT_EQ((Size{picture.rows, picture.cols}), (Size{golden.height, golden.width}));
    EXPECT_EQ(check_picture(golden.file, "file"), (Size{golden.height, golden.width}));
    EXPECT_TRUE(pixels_of(picture) == golden.rgb);
    EXPECT_TRUE(pixels_of(decode_resized(golden.file, "file", kSmall, Resampling::nearest)) ==
                pixels_of(resize_picture(picture, kSmall, Resampling::nearest)));
  }
}

TEST(Decode, TakesTheHighByteOf16Bits) {
  const Picture picture = make_picture(20, 30);
  cv::Mat wide;
  picture.convertTo(wide, CV_16UC3, 257);
  for (const char* kind : {".png", ".tiff"}) {
    EXPECT_TRUE(pixels_of(decode_picture(encode(wide, kind), "file")) == pixels_of(picture));
  }
}

TEST(Decode, GoesByContentNotByName) {
  const TempFolder folder;
  const Picture picture = make_picture(20, 30);
  write_text(folder / "really a png.jpg", encode(picture, ".png"));
  EXPECT_TRUE(pixels_of(decode_picture(folder / "really a png.jpg")) == pixels_of(picture));
}

TEST(Decode, SameFromSeveralThreads) {
  const std::string bytes = jpeg();
  const std::string expected = pixels_of(decode_picture(bytes, "file"));
  std::array<std::string, 4> results;
  {
    std::vector<std::jthread> threads;
    for (std::string& result : results) {
      threads.emplace_back([&] { result = pixels_of(decode_picture(bytes, "file")); });
    }
  }
  for (const std::string& result : results) EXPECT_TRUE(result == expected);
}

TEST(Decode, KnowsPicturesByTheirExtension) {
  for (const char* name :
       {"a.jpg", "a.JPG", "a.b.Jpeg", "a.png", "a.bmp", "a.ppm", "a.tif", "a.TIFF", "a.webp"}) {
    EXPECT_TRUE(has_picture_extension(name)) << name;
  }
  for (const char* name : {"a", "jpg", ".jpg", "a.jpg.txt", "Thumbs.db", "a.gif", "a.jpg~", ""}) {
    EXPECT_FALSE(has_picture_extension(name)) << name;
  }
}

TEST(Decode, NamesWhatIsNoFile) {
  const TempFolder folder;
  const auto fault = [&](const char* name) {
    const std::string message = message_of<DataError>([&] { decode_picture(folder / name); });
    EXPECT_NE(message.find(name), std::string::npos);
    return message.substr(message.rfind(": ") + 2);
  };
  fs::create_directory(folder / "folder.jpg");
  ASSERT_EQ(::mkfifo((folder / "fifo.jpg").c_str(), 0600), 0);
  fs::create_symlink("loop.jpg", folder / "loop.jpg");
  EXPECT_EQ(fault("missing.jpg"), "No such file or directory");
  EXPECT_EQ(fault("folder.jpg"), "not a regular file");
  EXPECT_EQ(fault("fifo.jpg"), "not a regular file");
  EXPECT_EQ(fault("loop.jpg"), "Too many levels of symbolic links");
}

TEST(Decode, NamesWhatIsNoPicture) {
  EXPECT_EQ(fault_of(""), "file: the file is empty");
  const std::string no_picture = "file: not a JPEG, PNG, BMP, PPM, TIFF or WebP file";
  for (const std::string& bytes :
       {std::string("just text"), std::string("<!DOCTYPE html><html></html>"),
        std::string("GIF89a\1\0\1\0", 10), std::string(1, '\xFF'), std::string("P"),
        std::string(4096, '\0'), std::string("P7\nWIDTH 1\n"), std::string("RIFF....WAVE")}) {
    EXPECT_EQ(fault_of(bytes), no_picture);
  }
}

TEST(Decode, ShowsOddNamesOnOneLine) {
  EXPECT_EQ(message_of<DataError>([] { decode_picture("", "a\nb\xFF.jpg"); }),
            "a\\x0ab\\xff.jpg: the file is empty");
}

TEST(Decode, FindsTruncatedJpegs) {
  for (const bool progressive : {false, true}) {
    const std::string whole = jpeg(120, 160, progressive);
    for (const size_t percent : {10, 25, 50, 75, 90, 99}) {
      EXPECT_EQ(fault_of(whole.substr(0, whole.size() * percent / 100)),
                "file: truncated or damaged JPEG (Premature end of JPEG file)")
          << percent << " %, progressive " << progressive;
    }
    fault_of(whole.substr(0, 3));
    fault_of(whole.substr(0, whole.size() - 2));  // all but the end marker
  }
}

TEST(Decode, FindsDamagedJpegs) {
  std::string zeroed = jpeg();
  std::fill_n(zeroed.begin() + static_cast<std::ptrdiff_t>(zeroed.size()) / 2, 2048, '\0');
  EXPECT_TRUE(fault_of(zeroed).starts_with("file: truncated or damaged JPEG (Corrupt JPEG data"));

  std::string bad_table = jpeg();
  bad_table[bad_table.find("\xFF\xC4") + 5] = '\x7F';  // 127 Huffman codes of one bit
  EXPECT_EQ(fault_of(bad_table),
            "file: truncated or damaged JPEG (Bogus Huffman table definition)");

  EXPECT_TRUE(fault_of(jpeg_that_claims(0, 160)).starts_with("file: truncated or damaged JPEG"));
  fault_of(jpeg_that_claims(120, 0));
  fault_of(jpeg_that_claims(240, 160));  // half the rows are missing
}

TEST(Decode, BearsWhatHarmsNoPixel) {
  const std::string whole = jpeg();
  const std::string expected = pixels_of(decode_picture(whole, "file"));
  std::string other_version = whole;
  other_version[whole.find("JFIF") + 5] = '\0';  // version 0.1; some cameras wrote such
  EXPECT_TRUE(pixels_of(decode_picture(other_version, "file")) == expected);
  EXPECT_TRUE(pixels_of(decode_picture(whole + std::string(5000, '\0'), "file")) == expected);
  EXPECT_EQ(check_picture(other_version, "file"), (Size{120, 160}));
}

TEST(Decode, RefusesEveryBeginningOfAFile) {
  for (const Golden& golden : golden_pictures()) {
    for (size_t size = 0; size < 40; ++size) fault_of(golden.file.substr(0, size));
  }
}

TEST(Decode, FindsTruncatedFilesOfEveryKind) {
  const Picture picture = make_noise(60, 80);
  for (const char* kind : {".png", ".bmp", ".ppm", ".tiff", ".webp"}) {
    const std::string whole = encode(picture, kind);
    EXPECT_EQ(check_picture(whole, "file"), (Size{60, 80})) << kind;
    for (const size_t percent : {1, 10, 50, 90, 99}) {
      const std::string part = whole.substr(0, std::max<size_t>(whole.size() * percent / 100, 12));
      EXPECT_NE(fault_of(part).find("truncated"), std::string::npos) << kind << percent;
    }
  }
}

TEST(Decode, RefusesHugePicturesBeforeTakingMemory) {
  using namespace std::string_view_literals;
  const Picture picture = make_noise(60, 80);
  const long before_mb = most_memory_mb();
  EXPECT_EQ(fault_of(jpeg_that_claims(30000, 30000)),
            "file: it has 30000x30000 pixels, at most 400000000 are allowed");
  fault_of(jpeg_that_claims(65500, 65500));
  EXPECT_NE(fault_of(jpeg_that_claims(9000, 9000)).find("bytes cannot hold 9000x9000 pixels"),
            std::string::npos);
  const auto huge = "\0\0\x90\0\0\0\x90\0"sv;  // 36,864 twice, big-endian
  fault_of(with_bytes(encode(picture, ".png"), 16, huge));
  const auto huge_little = "\0\x90\0\0\0\x90\0\0"sv;
  fault_of(with_bytes(encode(picture, ".bmp"), 18, huge_little));
  fault_of("P6 30000 30000 255\n" + std::string(1000, 'x'));
  fault_of("P6\n# a comment 3 4\n99999999999999999999 1 255\n");
  EXPECT_LT(most_memory_mb() - before_mb, 300);
}

TEST(Decode, RefusesPicturesWithoutPixels) {
  EXPECT_EQ(fault_of("P6 0 5 255\n"), "file: it has 0x5 pixels");
  EXPECT_EQ(fault_of("P6 "), "file: it has 0x0 pixels");
  const std::string png = encode(make_noise(6, 8), ".png");
  EXPECT_EQ(fault_of(with_bytes(png, 16, std::string(8, '\0'))), "file: it has 0x0 pixels");
}

// cv::imread, given such a file, ends the process.
TEST(Decode, SurvivesTheMarkOfDicom) {
  const Picture picture = make_noise(60, 80);
  for (const char* kind : {".jpg", ".png", ".bmp", ".ppm", ".tiff", ".webp"}) {
    const std::string bytes = with_bytes(encode(picture, kind), 128, "DICM");
    try {
      decode_picture(bytes, "file");
    } catch (const DataError&) {
    }
  }
  fault_of(with_bytes(std::string(4096, 'x'), 128, "DICM"));
}

// Whatever bytes come: a picture or a DataError, and the same verdict from all readers.
TEST(Decode, SurvivesRandomDamage) {
  uint32_t random = 1;
  const auto below = [&](size_t n) {
    random = random * 1664525u + 1013904223u;
    return (random >> 8) % n;
  };
  for (const Golden& golden : golden_pictures()) {
    for (int round = 0; round < 100; ++round) {
      std::string bytes = golden.file;
      for (size_t left = 1 + below(4); left > 0; --left) {
        bytes[below(bytes.size())] = static_cast<char>(below(256));
      }
      const auto survives = [&](auto&& read) {
        try {
          read();
          return true;
        } catch (const DataError&) {
          return false;
        }
      };
      const bool survived = survives([&] { decode_picture(bytes, "file"); });
      EXPECT_EQ(survives([&] { inspect_picture(bytes, "file"); }), survived)
          << golden.name << ", round " << round;
      EXPECT_EQ(survives([&] { check_picture(bytes, "file"); }), survived)
          << golden.name << ", round " << round;
      EXPECT_EQ(survives([&] { decode_resized(bytes, "file", kSmall, Resampling::nearest); }),
                survived)
          << golden.name << ", round " << round;
    }
  }
}

}  // namespace
}  // namespace catdog
