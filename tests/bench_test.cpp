// SPDX-License-Identifier: Apache-2.0
// What the benchmark counts, and that its parts can be run in any order, again and again.
#include "catdog/bench/bench.hpp"

#include <gtest/gtest.h>

#include <map>

#include "catdog/core/error.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

TEST(Work, IsThatOfTheBooksNetwork) {
  const Work work = work_per_picture(*Network(ModelOptions(), 150));
  // By hand: outputs × weights of a filter, layer after layer.
  const double conv1 = 148 * 148 * 32 * 9.0 * 3;
  const double others = 72 * 72 * 64 * 9.0 * 32 + 34 * 34 * 128 * 9.0 * 64 +
                        15 * 15 * 128 * 9.0 * 128 + 6272 * 512.0 + 512;
  EXPECT_NEAR(work.forward, 2e-9 * (conv1 + others), 1e-12);
  // Nobody asks how the loss changes with the picture.
  EXPECT_NEAR(work.backward, 2e-9 * (conv1 + 2 * others), 1e-12);
}

TEST(Bench, EachPartGivesWhatItSays) {
  const test::TempFolder folder;
  for (int i = 0; i < 3; ++i) {
    const std::string name = std::to_string(i) + ".png";
    test::write_picture(folder / "cats" / name, i, 20, 20);
    test::write_picture(folder / "dogs" / name, i, 20, 20);
  }
  Config config;
  config.data.image_size = 16;
  config.model = {.filters = {4, 8}, .dense_units = 16, .dropout = 0.5};
  config.train.batch_size = 4;
  const ImageFolder pictures(folder.path(), config.data, std::make_shared<ByteBudget>(0));
  Bench bench(config, pictures, pictures, pictures, torch::kCPU);

  // 6 pictures make a batch of 4 and one of 2: 20 steps see 60.
  const std::map<std::string, std::map<std::string, int64_t>> expected = {
      {"decode", {{"decode", 6}}},
      {"resize", {{"resize", 60}}},
      {"load", {{"load", 6}}},
      {"warp", {{"warp", 60}}},
      {"step", {{"step", 60}}},
      {"phases", {{"forward", 60}, {"backward", 60}, {"optimizer", 60}}},
      {"epoch", {{"epoch", 12}}},
      {"evaluation", {{"evaluation", 6}}},
      {"limit", {{"convolution", 0}, {"product", 0}}}};
  EXPECT_EQ(Bench::parts().size(), expected.size());
  std::vector<std::string> order = Bench::parts();
  order.insert(order.end(), {"step", "decode", "epoch", "step"});
  for (const std::string& part : order) {
    std::map<std::string, int64_t> images;
    for (const Measurement& measured : bench.run(part)) {
      images[measured.name] = measured.images;
      EXPECT_GT(measured.seconds, 0) << measured.name;
      // Of the limit's rounds each is the best of works of several sizes.
      if (measured.images == 0) {
        EXPECT_EQ(measured.gflop, 1) << measured.name;
      }
    }
    EXPECT_EQ(images, expected.at(part));
  }
  EXPECT_THROW(bench.run("steps"), ConfigError);
}

}  // namespace
}  // namespace catdog
