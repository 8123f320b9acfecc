// SPDX-License-Identifier: Apache-2.0
// Batches made on a device are those that threads make, and are made there where pictures fit.
#include "catdog/data/device_pictures.hpp"

#include <gtest/gtest.h>

#include "catdog/core/error.hpp"
#include "catdog/data/batch_loader.hpp"
#include "catdog/data/picture_store.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::TempFolder;

constexpr int kSide = 16;
constexpr int kCount = 13;
constexpr int64_t kBytes = kCount * kSide * kSide * 3;

class DevicePicturesTest : public testing::Test {
 protected:
  // 7 cats and 6 dogs.
  DevicePicturesTest() {
    for (int i = 0; i < kCount; ++i) {
      test::write_text(folder_ / (i < 7 ? "cats" : "dogs") / (std::to_string(i) + ".png"),
                       test::encode(test::make_noise(20, 20, 1 + i), ".png"));
    }
  }

  ImageFolder open() const {
    return ImageFolder(folder_.path(), {.image_size = kSide}, std::make_shared<ByteBudget>(0));
  }

  TempFolder folder_;
};

TEST_F(DevicePicturesTest, HoldsTheFoldersBytesAndLabels) {
  const ImageFolder folder = open();
  EXPECT_EQ(bytes_on_device(folder), kBytes);
  const DevicePictures pictures = copy_to_device(folder, torch::kCPU, /*workers=*/2);
  ASSERT_EQ(pictures.pixels.sizes(), (std::vector<int64_t>{kCount, kSide, kSide, 3}));
  for (int i = 0; i < kCount; ++i) {
    const Picture expected = folder.picture(i);
    const torch::Tensor actual = pictures.pixels[i];
    EXPECT_EQ(std::memcmp(actual.const_data_ptr(), expected.data, kBytes / kCount), 0) << i;
    EXPECT_EQ(pictures.labels[i].item<float>(), folder.label(i));
  }
}

TEST_F(DevicePicturesTest, GivesTheBatchesOfALoader) {
  const ImageFolder folder = open();
  const DevicePictures pictures = copy_to_device(folder, torch::kCPU, /*workers=*/0);
  AugmentOptions augment;
  augment.rotation_range = 40;
  augment.horizontal_flip = true;
  const auto growing = [](uint32_t pass) { return 8 + 4 * static_cast<int>(pass); };
  for (const Chain& chain :
       {training_chain(augment, 3), training_chain(augment, 3, growing), evaluation_chain()}) {
    // Three passes but for their first and last batch; the last of each pass holds one picture.
    const LoaderOptions options = {
        .batch_size = 4, .shuffle_seed = 3, .first_batch = 1, .end_batch = 11};
    BatchLoader loader(folder, chain, options);
    DeviceBatches batches(pictures, chain, options);
    for (int i = 1; i < 11; ++i) {
      const Batch expected = *loader.next(), actual = *batches.next();
      EXPECT_EQ(actual.indices, expected.indices);
      EXPECT_TRUE(torch::equal(actual.images, expected.images));
      EXPECT_TRUE(torch::equal(actual.labels, expected.labels));
    }
    EXPECT_FALSE(batches.next().has_value());
  }
}

TEST_F(DevicePicturesTest, APictureThatCannotBeReadIsNamed) {
  test::write_text(folder_ / "cats" / "3.png", "no picture");
  const ImageFolder folder = open();
  const std::string expected = test::message_of<DataError>([&] { folder.picture(3); });
  EXPECT_EQ(test::message_of<DataError>([&] { copy_to_device(folder, torch::kCPU, 2); }), expected);
}

// The device "meta" stands for any that is not the CPU: its tensors have all but values.
TEST_F(DevicePicturesTest, AStoreIsOnTheDeviceWhereThePicturesFit) {
  const ImageFolder folder = open();
  const auto is_on_device = [&](torch::Device device, int64_t bytes_free, int64_t bytes_left,
                                const Chain& chain = evaluation_chain()) {
    ByteBudget memory(bytes_free);
    const PictureStore store(folder, device, memory, /*workers=*/0);
    EXPECT_TRUE(memory.take(bytes_left));
    EXPECT_FALSE(memory.take(1));
    const std::unique_ptr<BatchSource> batches = store.batches(chain, {});
    return dynamic_cast<DeviceBatches*>(batches.get()) != nullptr;
  };
  EXPECT_TRUE(is_on_device(torch::kMeta, kBytes + 5, 5));
  EXPECT_FALSE(is_on_device(torch::kMeta, kBytes - 1, kBytes - 1));
  EXPECT_FALSE(is_on_device(torch::kCPU, kBytes, kBytes));
  AugmentOptions augment;
  augment.crop_area = {0.5, 1};
  EXPECT_TRUE(is_on_device(torch::kMeta, kBytes, 0, training_chain(augment, 1)));
  augment.rand_augment_ops = 2;  // which only threads can do
  EXPECT_FALSE(is_on_device(torch::kMeta, kBytes, 0, training_chain(augment, 1)));
}

}  // namespace
}  // namespace catdog
