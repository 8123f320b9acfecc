// SPDX-License-Identifier: Apache-2.0
// A run at one moment: what is kept comes back, and what contradicts itself is refused by name.
#include "catdog/train/checkpoint.hpp"

#include <gtest/gtest.h>
#include <spdlog/fmt/fmt.h>

#include <cmath>
#include <functional>

#include "catdog/core/error.hpp"
#include "catdog/train/trained_model.hpp"
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

// A model's description.
Json make_best() {
  return {{"format", kModelFormat},
          {"classes", {"cats", "dogs"}},
          {"config", to_json(Config())},
          {"training", {{"epoch", 1}}},
          {"calibration", {{"temperature", 1.0}, {"threshold", 0.5}}},
          {"trained_on", Json::array()}};
}

Checkpoint make_checkpoint() {
  Checkpoint checkpoint;
  checkpoint.config.optimizer.lr = 0.00012345678901234567;
  checkpoint.classes = {"cats", "dogs"};
  checkpoint.pictures = {{"train", std::string(64, 'a')}, {"validation", std::string(64, 'b')}};
  checkpoint.environment = {{"threads", 2}};
  checkpoint.position = {.epochs = 2, .step = 3, .pictures = 90, .seconds = 0.5, .steps_done = 13};
  checkpoint.tensors = {{"model.w", torch::rand({2, 3})},
                        {"sums", torch::zeros({2}, torch::kDouble)}};
  checkpoint.history = {make_result(1), make_result(2)};
  checkpoint.best = {.tensors = {{"w", torch::rand({2, 3})}}, .metadata = make_best()};
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
            "x: position.step = -1: must be a whole number from 0 to 1000000000000000");
  EXPECT_EQ(refusal([](Json& about) { about["config"]["train"]["epochs"] = 0; }),
            "x: train.epochs = 0: must be a whole number from 1 to 1000000");
}

// A field, a value that no run writes, and what names it in the message.
TEST(Checkpoint, EveryValueMustBeOneThatARunCouldHaveWritten) {
  const auto refused = [&](const char* pointer, const Json& value, const std::string& name) {
    const std::string message =
        refusal([&](Json& about) { about[Json::json_pointer(pointer)] = value; });
    EXPECT_TRUE(message.starts_with("x: ")) << message;
    EXPECT_NE(message.find(name), std::string::npos)
        << pointer << " = " << value << ": " << message;
  };
  for (const char* key : {"epochs", "step", "pictures", "steps_done"}) {
    for (const Json& value : {Json(-1), Json(1e300), Json(2.5), Json("3"), Json(nullptr)}) {
      refused(fmt::format("/position/{}", key).c_str(), value, fmt::format("position.{} = ", key));
    }
  }
  refused("/position/seconds", -1, "position.seconds = ");
  refused("/position/seconds", 1e300, "position.seconds = ");
  refused("/position/pictures", 2, "contradicts itself");
  refused("/position/steps_done", 4, "contradicts itself");
  refused("/config/train/epochs", 2, "contradicts itself");
  for (const Json& value : {Json(-0.5), Json(2), Json("1"), Json(nullptr)}) {
    refused("/history/1/acc", value, "history.acc = ");
    refused("/history/1/val_acc", value, "history.val_acc = ");
    refused("/history/1/calibration/threshold", value, "history.calibration.threshold = ");
  }
  for (const char* key :
       {"loss", "val_loss", "lr", "seconds", "images_per_second", "waited_share"}) {
    for (const Json& value : {Json(1e300), Json("1"), Json(nullptr)}) {
      refused(fmt::format("/history/0/{}", key).c_str(), value, fmt::format("history.{} = ", key));
    }
  }
  refused("/history/0/epoch", 1.5, "history.epoch = ");
  refused("/history/0/epoch", 2, "contradicts itself");
  refused("/history/0/calibration/temperature", 0, "history.calibration.temperature = ");
  refused("/pictures/train", "../x", "pictures has \"../x\"");
  refused("/pictures/train", 3, "its description cannot be read");
  refused("/environment/threads", -1, "environment.threads = ");
  refused("/environment/threads", 1e300, "environment.threads = ");
  refused("/environment/precision", 3, "its description cannot be read");
  refused("/classes/0", "../../x", "the class \"../../x\"");
  refused("/best/classes/0", "/abs", "the best model in it: the class \"/abs\"");
  refused("/best/classes/0", "birds", "the best model in it: has other classes");
  refused("/best/format", "other", "the best model in it: has the format \"other\"");
  refused("/best/calibration/temperature", -1, "the best model in it: calibration.temperature = ");
}

TEST(Checkpoint, EveryNumberMustBeFinite) {
  Checkpoint checkpoint = make_checkpoint();
  checkpoint.tensors.emplace("optimizer.mean_square.w", torch::rand({2}));
  const auto message = [&] {
    return test::message_of<ModelError>([&] { to_checkpoint(to_archive(checkpoint), "x"); });
  };
  for (auto& [name, tensor] : checkpoint.tensors) {
    const torch::Tensor whole = tensor;
    for (const double number : {std::nan(""), HUGE_VAL}) {
      tensor = whole.clone();
      tensor.view({-1})[0] = number;
      EXPECT_EQ(message(), fmt::format("x: the tensor {} holds a number that is not finite", name));
    }
    tensor = whole;
  }
  checkpoint.tensors.at("optimizer.mean_square.w")[1] = -1e-3;
  EXPECT_EQ(message(),
            "x: the tensor optimizer.mean_square.w holds a number below 0, and is of squares");
  checkpoint.tensors.erase("optimizer.mean_square.w");
  checkpoint.best->tensors.at("w")[0][0] = HUGE_VAL;
  EXPECT_EQ(message(), "x: the tensor best.w holds a number that is not finite");
}

}  // namespace
}  // namespace catdog
