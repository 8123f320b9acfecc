// SPDX-License-Identifier: Apache-2.0
// A stream gives every picture once, in order, with the bytes that a folder gives; a bad one stops
// nothing; and no more names are asked for than are soon needed.
#include "catdog/data/picture_stream.hpp"

#include <gtest/gtest.h>

#include "catdog/data/chain.hpp"
#include "catdog/pictures/decode.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::TempFolder;

const DataOptions kOptions = {.image_size = 16};

PictureStream::Names names_of(std::vector<fs::path> files) {
  return [files = std::move(files), next = size_t{0}]() mutable -> std::optional<StreamedPicture> {
    if (next == files.size()) return std::nullopt;
    return StreamedPicture{.file = files[next++], .fault = {}};
  };
}

class PictureStreamTest : public testing::Test {
 protected:
  fs::path picture(int number) {
    const fs::path file = folder_ / (std::to_string(number) + ".jpg");
    test::write_picture(file, static_cast<unsigned>(number));
    return file;
  }

  TempFolder folder_;
};

TEST_F(PictureStreamTest, GivesEveryPictureInOrderForAnyNumberOfWorkers) {
  std::vector<fs::path> files;
  for (int i = 0; i < 13; ++i) files.push_back(picture(i));
  for (const int workers : {0, 1, 3}) {
    PictureStream stream(names_of(files), kOptions, workers, /*batch_size=*/4);
    int64_t next = 0;
    while (const std::optional<Batch> batch = stream.next()) {
      ASSERT_EQ(stream.pictures().size(), batch->indices.size());
      for (size_t i = 0; i < batch->indices.size(); ++i, ++next) {
        EXPECT_EQ(batch->indices[i], next);
        EXPECT_EQ(stream.pictures()[i].file, files[next]);
        EXPECT_EQ(stream.pictures()[i].fault, "");
        std::vector<float> expected(16 * 16 * 3);
        evaluation_chain()(
            decode_resized(test::read_text(files[next]), files[next], {16, 16}, kOptions.resize),
            {}, expected.data());
        const torch::Tensor row = batch->images[static_cast<int64_t>(i)].permute({1, 2, 0});
        EXPECT_TRUE(torch::equal(row.contiguous().flatten(), torch::tensor(expected)));
      }
    }
    EXPECT_EQ(next, 13);
  }
}

TEST_F(PictureStreamTest, ABadPictureIsBlackAndSaysWhy) {
  test::write_text(folder_ / "bad.jpg", "no picture");
  PictureStream stream(names_of({picture(1), folder_ / "bad.jpg", folder_ / "absent.jpg"}),
                       kOptions, /*workers=*/2, /*batch_size=*/8);
  const Batch batch = *stream.next();
  EXPECT_EQ(stream.pictures()[0].fault, "");
  EXPECT_EQ(stream.pictures()[1].fault, "not a JPEG, PNG, BMP, PPM, TIFF or WebP file");
  EXPECT_EQ(stream.pictures()[2].fault, "No such file or directory");
  EXPECT_GT(batch.images[0].sum().item<float>(), 0);
  EXPECT_EQ(batch.images.slice(0, 1).abs().sum().item<float>(), 0);
  EXPECT_FALSE(stream.next().has_value());
  EXPECT_FALSE(stream.next().has_value());
}

TEST_F(PictureStreamTest, ANameThatComesWithAFaultKeepsIt) {
  std::vector<StreamedPicture> named = {{.file = picture(1), .fault = "holds no images"},
                                        {.file = picture(2), .fault = {}}};
  PictureStream stream(
      [&named, next = size_t{0}]() mutable -> std::optional<StreamedPicture> {
        if (next == named.size()) return std::nullopt;
        return named[next++];
      },
      kOptions, /*workers=*/2, /*batch_size=*/8);
  const Batch batch = *stream.next();
  EXPECT_EQ(stream.pictures()[0].fault, "holds no images");
  EXPECT_EQ(stream.pictures()[1].fault, "");
  EXPECT_EQ(batch.images[0].abs().sum().item<float>(), 0);
  EXPECT_GT(batch.images[1].sum().item<float>(), 0);
}

TEST_F(PictureStreamTest, AsksForNoMoreNamesThanAreSoonNeeded) {
  const fs::path file = picture(1);
  int asked = 0;
  const auto name = [&]() -> std::optional<StreamedPicture> {
    ++asked;
    return StreamedPicture{.file = file, .fault = {}};
  };
  PictureStream stream(name, kOptions, /*workers=*/2, /*batch_size=*/2);
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(stream.next().has_value());
  EXPECT_LE(asked, 2 * (50 + 4));
}

TEST_F(PictureStreamTest, NoNamesGiveNoBatch) {
  PictureStream stream(names_of({}), kOptions, /*workers=*/2, /*batch_size=*/2);
  EXPECT_FALSE(stream.next().has_value());
}

}  // namespace
}  // namespace catdog
