// SPDX-License-Identifier: Apache-2.0
// Batches are the same whatever the threads do, hold each picture once a pass, and go on for ever.
#include "catdog/data/batch_loader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "catdog/core/error.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::TempFolder;

class BatchLoaderTest : public testing::Test {
 protected:
  // 7 cats and 6 dogs.
  BatchLoaderTest() {
    for (int i = 0; i < 13; ++i) {
      test::write_picture(folder_ / (i < 7 ? "cats" : "dogs") / (std::to_string(i) + ".jpg"), i);
    }
  }

  ImageFolder open(int64_t cache_bytes = 1 << 20) const {
    return ImageFolder(folder_.path(), {.image_size = 16},
                       std::make_shared<ByteBudget>(cache_bytes));
  }

  TempFolder folder_;
};

std::vector<Batch> take(BatchLoader& loader, int count) {
  std::vector<Batch> batches;
  for (int i = 0; i < count; ++i) batches.push_back(*loader.next());
  return batches;
}

TEST_F(BatchLoaderTest, GivesTheSameBatchesForAnyNumberOfWorkers) {
  const ImageFolder pictures = open();
  const LoaderOptions options = {.batch_size = 4, .workers = 0, .shuffle_seed = 3};
  BatchLoader alone(pictures, evaluation_chain(), options);
  const std::vector<Batch> expected = take(alone, 10);
  for (const int workers : {1, 4, kWorkerPerCore}) {
    const ImageFolder fresh = open(/*cache_bytes=*/5 * 16 * 16 * 3);
    LoaderOptions with_workers = options;
    with_workers.workers = workers;
    BatchLoader loader(fresh, evaluation_chain(), with_workers);
    const std::vector<Batch> batches = take(loader, 10);
    for (size_t i = 0; i < batches.size(); ++i) {
      EXPECT_EQ(batches[i].indices, expected[i].indices);
      EXPECT_TRUE(torch::equal(batches[i].images, expected[i].images));
      EXPECT_TRUE(torch::equal(batches[i].labels, expected[i].labels));
    }
  }
}

TEST_F(BatchLoaderTest, VariationsDependOnSeedPassAndPictureAlone) {
  const ImageFolder pictures = open();
  AugmentOptions augment;
  augment.rotation_range = 40;
  augment.horizontal_flip = true;
  // Each picture's variation in the second pass, whatever the batches and the workers.
  const auto variations = [&](int batch_size, int workers, uint64_t seed) {
    std::vector<torch::Tensor> by_index(13);
    const int64_t per_pass = batches_per_pass(13, batch_size);
    BatchLoader loader(pictures, training_chain(augment, seed),
                       {.batch_size = batch_size,
                        .workers = workers,
                        .shuffle_seed = seed,
                        .first_batch = per_pass,
                        .end_batch = 2 * per_pass});
    while (const std::optional<Batch> batch = loader.next()) {
      for (size_t row = 0; row < batch->indices.size(); ++row) {
        by_index[batch->indices[row]] = batch->images[static_cast<int64_t>(row)];
      }
    }
    return torch::stack(by_index);
  };
  const torch::Tensor expected = variations(4, 0, 3);
  EXPECT_TRUE(torch::equal(variations(5, 1, 3), expected));
  EXPECT_TRUE(torch::equal(variations(13, 4, 3), expected));
  EXPECT_FALSE(torch::equal(variations(4, 0, 4), expected));

  BatchLoader plain(pictures, evaluation_chain(), {.batch_size = 13});
  EXPECT_FALSE(torch::equal(plain.next()->images, expected));
}

TEST_F(BatchLoaderTest, EachPassHasEveryPictureOnceInANewOrder) {
  const ImageFolder pictures = open();
  BatchLoader loader(pictures, evaluation_chain(),
                     {.batch_size = 4, .workers = 2, .shuffle_seed = 3});
  std::set<std::vector<int64_t>> orders;
  for (int pass = 0; pass < 3; ++pass) {
    std::vector<int64_t> order;
    for (const int64_t size : {4, 4, 4, 1}) {  // the last batch holds what is left
      const Batch batch = *loader.next();
      EXPECT_EQ(batch.images.size(0), size);
      EXPECT_EQ(batch.labels.numel(), size);
      order.insert(order.end(), batch.indices.begin(), batch.indices.end());
    }
    orders.insert(order);
    std::sort(order.begin(), order.end());
    for (int64_t i = 0; i < 13; ++i) EXPECT_EQ(order[i], i);
  }
  EXPECT_EQ(orders.size(), 3u);
}

TEST_F(BatchLoaderTest, RowsAreTheFoldersPicturesAndLabels) {
  ImageFolder pictures = open();
  BatchLoader loader(pictures, evaluation_chain(), {.batch_size = 5, .workers = 1, .end_batch = 3});
  int64_t expected_index = 0;
  while (const std::optional<Batch> batch = loader.next()) {
    EXPECT_TRUE(batch->images.is_contiguous(torch::MemoryFormat::ChannelsLast));
    for (size_t row = 0; row < batch->indices.size(); ++row, ++expected_index) {
      EXPECT_EQ(batch->indices[row], expected_index);  // not shuffled
      const torch::data::Example<> example = pictures.get(expected_index);
      EXPECT_TRUE(torch::equal(batch->images[row], example.data));
      EXPECT_TRUE(torch::equal(batch->labels[row], example.target));
    }
  }
  EXPECT_EQ(expected_index, 13);
  EXPECT_FALSE(loader.next().has_value());
}

TEST_F(BatchLoaderTest, GoesOnFromAnyBatch) {
  const ImageFolder pictures = open();
  BatchLoader whole(pictures, evaluation_chain(), {.batch_size = 4, .shuffle_seed = 9});
  const std::vector<Batch> batches = take(whole, 9);
  BatchLoader later(pictures, evaluation_chain(),
                    {.batch_size = 4, .workers = 2, .shuffle_seed = 9, .first_batch = 6});
  for (size_t i = 6; i < 9; ++i) EXPECT_EQ(later.next()->indices, batches[i].indices);
}

TEST_F(BatchLoaderTest, ABrokenPictureComesOutOfNextAndTheLoaderEndsWell) {
  test::write_text(folder_ / "cats" / "3.jpg", "no picture");
  const ImageFolder pictures = open();
  for (const int workers : {0, 3}) {
    BatchLoader loader(pictures, evaluation_chain(), {.batch_size = 2, .workers = workers});
    EXPECT_NO_THROW(loader.next());
    EXPECT_THROW(loader.next(), DataError);
    EXPECT_EQ(loader.next()->indices, (std::vector<int64_t>{4, 5}));  // and it goes on
  }
}

TEST_F(BatchLoaderTest, MayBeLeftAtAnyTime) {
  const ImageFolder pictures = open();
  for (int taken = 0; taken < 5; ++taken) {
    BatchLoader loader(pictures, evaluation_chain(), {.batch_size = 2, .workers = 3});
    take(loader, taken);
  }
}

TEST(BatchesPerPass, RoundsUp) {
  EXPECT_EQ(batches_per_pass(2000, 32), 63);
  EXPECT_EQ(batches_per_pass(2000, 20), 100);
  EXPECT_EQ(batches_per_pass(1, 32), 1);
}

}  // namespace
}  // namespace catdog
