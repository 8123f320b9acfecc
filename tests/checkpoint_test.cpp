// SPDX-License-Identifier: Apache-2.0
// A run at one moment: what is kept comes back, and what contradicts itself is refused by name.
#include "catdog/train/checkpoint.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "catdog/core/error.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

EpochResult make_result(int epoch) {
  return {.epoch = epoch,
          .loss = 0.1 + epoch / 3.0,  // not exact in decimals
          .accuracy = 1 / 3.0,
          .val_loss = 0.7,
          .val_accuracy = 0.5,
          .lr = 1e-4,
          .seconds = 1.25,
          .images_per_second = 100,
          .waited_share = 0,
          .calibration = {.temperature = 1 / 7.0, .threshold = 0.5}};
}

Checkpoint make_checkpoint() {
  Checkpoint checkpoint;
  checkpoint.config.optimizer.lr = 0.00012345678901234567;
  checkpoint.classes = {"cats", "dogs"};
  checkpoint.pictures = {{"train", "ab"}, {"validation", "cd"}};
  checkpoint.environment = {{"threads", 2}};
  checkpoint.position = {.epochs = 2, .step = 3, .pictures = 90, .seconds = 0.5, .steps_done = 13};
  checkpoint.tensors = {{"model.w", torch::rand({2, 3})},
                        {"sums", torch::zeros({2}, torch::kDouble)}};
  checkpoint.history = {make_result(1), make_result(2)};
  checkpoint.best = {.tensors = {{"w", torch::rand({2, 3})}}, .metadata = {{"epoch", 1}}};
  return checkpoint;
}

std::string refusal(const std::function<void(Json&)>& change) {
  Archive archive = to_archive(make_checkpoint());
  change(archive.metadata);
  return test::message_of<ModelError>([&] { to_checkpoint(archive, "x"); });
}

TEST(Checkpoint, ComesBackToTheBit) {
  const Checkpoint saved = make_checkpoint();
  const Checkpoint loaded = to_checkpoint(parse_archive(pack_archive(to_archive(saved)), "x"), "x");
  EXPECT_EQ(to_json(loaded.config), to_json(saved.config));
  EXPECT_EQ(loaded.classes, saved.classes);
  EXPECT_EQ(loaded.pictures, saved.pictures);
  EXPECT_EQ(loaded.environment, saved.environment);
  EXPECT_EQ(loaded.position.epochs, 2);
  EXPECT_EQ(loaded.position.step, 3);
  EXPECT_EQ(loaded.position.pictures, 90);
  EXPECT_EQ(loaded.position.seconds, 0.5);
  EXPECT_EQ(loaded.position.steps_done, 13);
  ASSERT_EQ(loaded.history.size(), 2u);
  EXPECT_EQ(loaded.history[1].loss, saved.history[1].loss);
  EXPECT_EQ(loaded.history[1].accuracy, saved.history[1].accuracy);
  EXPECT_EQ(loaded.history[1].calibration.temperature, 1 / 7.0);
  ASSERT_EQ(loaded.tensors.size(), 2u);
  EXPECT_TRUE(torch::equal(loaded.tensors.at("model.w"), saved.tensors.at("model.w")));
  ASSERT_EQ(loaded.best->tensors.size(), 1u);
  EXPECT_TRUE(torch::equal(loaded.best->tensors.at("w"), saved.best->tensors.at("w")));
  EXPECT_EQ(loaded.best->metadata, saved.best->metadata);
  // And what is written again is the same.
  EXPECT_TRUE(pack_archive(to_archive(loaded)) == pack_archive(to_archive(saved)));
}

TEST(Checkpoint, IsRefusedByName) {
  EXPECT_EQ(
      refusal([](Json& about) { about["format"] = "catdog-checkpoint-2"; }),
      "x: has the format \"catdog-checkpoint-2\", this program reads \"catdog-checkpoint-1\"");
  EXPECT_EQ(refusal([](Json& about) { about["format"] = "catdog-model-1"; }),
            "x: has the format \"catdog-model-1\", this program reads \"catdog-checkpoint-1\"");
  EXPECT_EQ(refusal([](Json& about) { about["format"] = 1; }),
            "x: has the format \"\", this program reads \"catdog-checkpoint-1\"");
  EXPECT_EQ(refusal([](Json& about) { about.erase("position"); }),
            "x: its description cannot be read");
  EXPECT_EQ(refusal([](Json& about) { about["environment"] = Json::array(); }),
            "x: its description cannot be read");
  EXPECT_EQ(refusal([](Json& about) { about["pictures"] = 3; }),
            "x: its description cannot be read");
  EXPECT_EQ(refusal([](Json& about) { about["history"].erase(0); }),
            "x: its description contradicts itself");
  EXPECT_EQ(refusal([](Json& about) { about["position"]["step"] = -1; }),
            "x: its description contradicts itself");
  EXPECT_EQ(refusal([](Json& about) { about["config"]["train"]["epochs"] = 0; }),
            "x: train.epochs = 0: must be a whole number from 1 to 1000000");
}

}  // namespace
}  // namespace catdog
