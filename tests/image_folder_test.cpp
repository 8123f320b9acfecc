// SPDX-License-Identifier: Apache-2.0
#include "catdog/data/image_folder.hpp"

#include <gtest/gtest.h>

#include "catdog/core/error.hpp"
#include "catdog/data/training_pictures.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::TempFolder;
using test::write_picture;

std::shared_ptr<ByteBudget> budget(int64_t bytes) { return std::make_shared<ByteBudget>(bytes); }

TEST(ImageFolder, IsATorchDataset) {
  const TempFolder folder;
  test::write_text(folder / "cats" / "a.png", test::encode(test::make_noise(20, 20, 1), ".png"));
  test::write_text(folder / "dogs" / "b.png", test::encode(test::make_noise(20, 20, 2), ".png"));
  ImageFolder pictures(folder.path(), {.image_size = 20}, budget(0));
  ASSERT_EQ(pictures.size(), 2u);
  EXPECT_EQ(pictures.classes(), (std::vector<std::string>{"cats", "dogs"}));

  const torch::data::Example<> example = pictures.get(1);
  EXPECT_EQ(example.target.item<float>(), 1);
  ASSERT_EQ(example.data.sizes(), (torch::IntArrayRef{3, 20, 20}));
  const Picture noise = test::make_noise(20, 20, 2);
  for (const auto [row, column, channel] : {std::array{0, 0, 0}, {3, 17, 1}, {19, 19, 2}}) {
    const float expected = static_cast<float>(noise.at<cv::Vec3b>(row, column)[channel]) *
                           static_cast<float>(1.0 / 255);
    EXPECT_EQ(example.data[channel][row][column].item<float>(), expected);
  }
  // And through torch's own machinery.
  auto mapped = pictures.map(torch::data::transforms::Stack<>());
  const torch::data::Example<> stacked = mapped.get_batch({0, 1});
  EXPECT_EQ(stacked.data.sizes(), (torch::IntArrayRef{2, 3, 20, 20}));
  EXPECT_TRUE(torch::equal(stacked.data[1], example.data));
}

TEST(ImageFolder, OfTrainingMayBeKeptAtASizeOfItsOwn) {
  const TempFolder folder;
  for (int i = 0; i < 4; ++i) {
    for (const char* subset : {"train", "validation"}) {
      const std::string name = std::to_string(i) + ".jpg";
      write_picture(folder / subset / (i < 2 ? "cats" : "dogs") / name, i);
    }
  }
  DataOptions options = {.dir = folder.path().string(), .image_size = 16};
  const auto sides = [&] {
    const TrainingPictures pictures = open_training_pictures(options, budget(1 << 20));
    EXPECT_EQ(pictures.training.picture(0).rows, pictures.training.side_px());
    return std::pair(pictures.training.side_px(), pictures.validation.side_px());
  };
  EXPECT_EQ(sides(), std::pair(16, 16));
  options.kept_size = 24;
  EXPECT_EQ(sides(), std::pair(24, 16));
  options.folds = 2;
  EXPECT_EQ(sides(), std::pair(24, 16));
}

TEST(ImageFolder, KeepsPicturesWithinTheBudgetAndDecodesTheRest) {
  const TempFolder folder;
  for (int i = 0; i < 3; ++i) {
    write_picture(folder / "cats" / (std::to_string(i) + ".jpg"), i);
    write_picture(folder / "dogs" / (std::to_string(i) + ".jpg"), 10 + i);
  }
  constexpr int64_t kPictureBytes = 16 * 16 * 3;
  const auto cache = budget(4 * kPictureBytes + 100);
  const ImageFolder pictures(folder.path(), {.image_size = 16}, cache);
  std::vector<Picture> first;
  for (size_t i = 0; i < 6; ++i) first.push_back(pictures.picture(i));
  EXPECT_FALSE(cache->take(kPictureBytes));  // four are kept, a fifth does not fit
  EXPECT_TRUE(cache->take(100));
  for (size_t i = 0; i < 6; ++i) {
    const Picture again = pictures.picture(i);
    EXPECT_EQ(again.data == first[i].data, i < 4) << i;  // shared pixels: from the cache
    EXPECT_EQ(cv::norm(again, first[i], cv::NORM_INF), 0) << i;
  }
}

TEST(ImageFolder, WithoutACacheEachPictureIsDecodedEachTimeAndNothingIsWritten) {
  const TempFolder folder;
  const fs::path cat = folder / "train/cats/a.jpg";
  write_picture(cat, 1);
  write_picture(folder / "train/dogs/b.jpg", 2);
  const DataOptions options = {.image_size = 16, .cache = CacheKind::none};
  const ImageFolder pictures(folder / "train", options, memory_budget(options));
  const Picture before = pictures.picture(0);
  write_picture(cat, 3);
  EXPECT_NE(cv::norm(pictures.picture(0), before, cv::NORM_INF), 0);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
}

TEST(ImageFolder, ABrokenPictureIsAnErrorThatNamesIt) {
  const TempFolder folder;
  write_picture(folder / "cats" / "good.jpg");
  test::write_text(folder / "dogs" / "broken.jpg", "no picture");
  const ImageFolder pictures(folder.path(), {.image_size = 16}, budget(1 << 20));
  EXPECT_NO_THROW(pictures.picture(0));
  const std::string message = test::message_of<DataError>([&] { pictures.picture(1); });
  EXPECT_NE(message.find("broken.jpg"), std::string::npos) << message;
}

}  // namespace
}  // namespace catdog
