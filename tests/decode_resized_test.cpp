// SPDX-License-Identifier: Apache-2.0
// Decoding and resizing in one gives the bytes of decoding, then resizing, for every way in which a
// JPEG may hold its colours.
#include <cstdlib>
#include <utility>
// jpeglib.h needs what stands before it.
// clang-format off
#include <cstdio>
#include <jpeglib.h>
// clang-format on

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/pictures/decode.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::encode;
using test::make_noise;

// A JPEG whose colours have one sample for so many pixels across and down, as cameras choose it.
std::string jpeg_with_colour_blocks(const Picture& picture, int across, int down,
                                    bool progressive) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* memory = nullptr;
  unsigned long bytes = 0;
  jpeg_mem_dest(&info, &memory, &bytes);
  info.image_height = static_cast<JDIMENSION>(picture.rows);
  info.image_width = static_cast<JDIMENSION>(picture.cols);
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&info);
  info.comp_info[0].h_samp_factor = across;
  info.comp_info[0].v_samp_factor = down;
  if (progressive) jpeg_simple_progression(&info);
  jpeg_start_compress(&info, TRUE);
  for (int row = 0; row < picture.rows; ++row) {
    JSAMPROW rows[] = {const_cast<uint8_t*>(picture.ptr(row))};
    jpeg_write_scanlines(&info, rows, 1);
  }
  jpeg_finish_compress(&info);
  std::string file(reinterpret_cast<char*>(memory), bytes);
  jpeg_destroy_compress(&info);
  std::free(memory);
  return file;
}

// Tall pictures too, of which whole rows of blocks are passed over, and small ones, enlarged.
TEST(DecodeResized, ResizesAsIfTheWholePictureHadBeenDecoded) {
  std::vector<std::string> files;
  for (const char* kind : {".png", ".bmp", ".webp"})
    files.push_back(encode(make_noise(60, 80), kind));
  for (const auto& [across, down] : {std::pair{1, 1}, {2, 1}, {1, 2}, {2, 2}, {4, 1}}) {
    for (const Size size : {Size{375, 499}, {1201, 67}, {31, 33}}) {
      const Picture noise = make_noise(size.height, size.width);
      files.push_back(jpeg_with_colour_blocks(noise, across, down, /*progressive=*/false));
      files.push_back(jpeg_with_colour_blocks(noise, across, down, /*progressive=*/true));
    }
  }
  for (const std::string& file : files) {
    const Picture whole = decode_picture(file, "file");
    for (const Size size : {Size{150, 150}, {8, 8}, {1, 300}, {whole.rows, whole.cols}}) {
      for (const auto how : {Resampling::nearest, Resampling::bilinear, Resampling::area}) {
        const Picture resized = decode_resized(file, "file", size, how);
        ASSERT_TRUE(resized.isContinuous());
        ASSERT_EQ((Size{resized.rows, resized.cols}), size);
        ASSERT_TRUE(cv::norm(resized, resize_picture(whole, size, how), cv::NORM_INF) == 0);
      }
    }
  }
}

TEST(DecodeShrunk, KeepsTheAspectAndIsTheImageItselfWhereThatIsSmallEnough) {
  const test::TempFolder folder;
  const Picture picture = test::make_picture(300, 400);
  for (const char* kind : {".jpg", ".png", ".tiff"}) {
    const fs::path file = folder / (std::string("image") + kind);
    test::write_text(file, encode(picture, kind));
    const Picture whole = decode_picture(file);
    for (const int px : {400, 4096}) {
      EXPECT_EQ(cv::norm(decode_shrunk(file, px), whole, cv::NORM_INF), 0) << kind;
    }
    // Of a JPEG 400 px are computed for 399, 200 for 200 and 150, and 50 for 1.
    for (const Size size : {Size{299, 399}, {150, 200}, {113, 150}, {1, 1}}) {
      const Picture small = decode_shrunk(file, size.width);
      EXPECT_EQ((Size{small.rows, small.cols}), size) << kind;
      const Picture expected = resize_picture(whole, size, Resampling::area);
      const double pixels = static_cast<double>(expected.total()) * 3;
      EXPECT_LT(cv::norm(small, expected, cv::NORM_L1) / pixels, 4) << kind << size.width;
    }
  }
  EXPECT_EQ(test::message_of<DataError>([&] { decode_shrunk(folder / "none.jpg", 9); }),
            "cannot read " + (folder / "none.jpg").string() + ": No such file or directory");
}

}  // namespace
}  // namespace catdog
