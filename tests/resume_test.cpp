// SPDX-License-Identifier: Apache-2.0
// What may change between a run's beginning and its going on.
#include "catdog/train/resume.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "catdog/core/error.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::message_of;

Checkpoint begun_checkpoint() {
  Checkpoint checkpoint;
  checkpoint.classes = {"cats", "dogs"};
  checkpoint.pictures = {{"train", "ab"}, {"validation", "cd"}};
  checkpoint.environment = {{"threads", 3}, {"precision", "bf16"}};
  checkpoint.position = {.epochs = 2, .step = 3, .pictures = 90, .steps_done = 13};
  return checkpoint;
}

// What is said to this config; "" where the run goes on with it.
std::string answer_to(const Config& asked, const Checkpoint& checkpoint, bool force) {
  try {
    resumed_config(checkpoint, asked, force);
    return "";
  } catch (const ConfigError& error) {
    return error.what();
  }
}

// And to this setting.
std::string answer(const std::string& key, const std::string& value, bool force = false) {
  const Checkpoint checkpoint = begun_checkpoint();
  Config asked = checkpoint.config;
  throw_if_any(apply_settings(asked.sections(), {{.key = key, .value = value, .flag = "--set"}}));
  return answer_to(asked, checkpoint, force);
}

TEST(Resume, EpochsStayWhereSomethingEndsWithTheLast) {
  const auto epochs_of = [](const std::function<void(Config&)>& set) {
    Checkpoint checkpoint = begun_checkpoint();
    set(checkpoint.config);
    Config asked = checkpoint.config;
    asked.train.epochs = 40;
    EXPECT_EQ(answer_to(asked, checkpoint, /*force=*/true), "");
    return answer_to(asked, checkpoint, /*force=*/false);
  };
  EXPECT_EQ(epochs_of([](Config& c) { c.schedule.name = ScheduleOptions::Name::cosine; }),
            "--resume: train.epochs is 40, the run has 30, and its schedule's cosine ends there; "
            "--force-resume changes it all the same");
  EXPECT_EQ(epochs_of([](Config& c) { c.train.first_size = 64; }),
            "--resume: train.epochs is 40, the run has 30, and its pictures grow until then; "
            "--force-resume changes it all the same");
  EXPECT_EQ(epochs_of([](Config& c) { c.train.first_size = c.data.image_size; }), "");
}

TEST(Resume, WhatDoesNotChangeTheResultIsFree) {
  EXPECT_EQ(answer("data.dir", "elsewhere"), "");
  EXPECT_EQ(answer("data.workers", "7"), "");
  EXPECT_EQ(answer("data.cache", "none"), "");
  EXPECT_EQ(answer("data.decode_mb", "2048"), "");
  EXPECT_EQ(answer("train.threads", "7"), "");
  EXPECT_EQ(answer("train.epochs", "31"), "");
  EXPECT_EQ(answer("train.tensorboard", "true"), "");
}

TEST(Resume, WhatChangesTheResultIsRefusedByKey) {
  EXPECT_EQ(answer("optimizer.lr", "0.01"),
            "--resume: optimizer.lr is 0.01, the run has 0.0001; --force-resume changes it all the "
            "same");
  for (const char* key : {"augment.horizontal_flip", "model.dropout", "train.seed", "data.resize",
                          "train.precision", "train.keep", "optimizer.eps"}) {
    const std::string name = key;
    const std::string value = name == "augment.horizontal_flip" ? "true"
                              : name == "model.dropout"         ? "0.25"
                              : name == "data.resize"           ? "area"
                              : name == "train.precision"       ? "fp32"
                              : name == "train.keep"            ? "last"
                              : name == "optimizer.eps"         ? "1e-3"
                                                                : "9";
    EXPECT_TRUE(answer(key, value).starts_with("--resume: " + name + " is ")) << key;
    EXPECT_EQ(answer(key, value, /*force=*/true), "") << key;
  }
}

TEST(Resume, WhereTheCheckpointMakesNoSenseForceDoesNotHelp) {
  EXPECT_EQ(answer("train.batch_size", "16", /*force=*/true),
            "--resume: train.batch_size is 16, the run has 32");
  for (const char* key : {"data.image_size", "model.dense_units", "train.steps_per_epoch"}) {
    EXPECT_NE(answer(key, "64", /*force=*/true), "") << key;
  }
  EXPECT_NE(answer("model.filters", "[8,8]", /*force=*/true), "");
  // Two epochs and a part of the third are done.
  EXPECT_EQ(answer("train.epochs", "2"), "--resume: train.epochs is 2, the run is in epoch 3");
  EXPECT_EQ(answer("train.epochs", "3"), "");
}

TEST(Resume, AllFaultsAreNamedAtOnce) {
  const Checkpoint checkpoint = begun_checkpoint();
  Config asked;
  asked.optimizer.lr = 1;
  asked.model.filters = {8};
  const std::string message =
      message_of<ConfigError>([&] { resumed_config(checkpoint, asked, false); });
  EXPECT_NE(message.find("optimizer.lr"), message.npos);
  EXPECT_NE(message.find("model.filters is [8], the run has [32,64,128,128]"), message.npos);
}

TEST(Resume, WhatWasLeftOpenIsAsItWasAndStaysOpenInTheRecord) {
  const Checkpoint checkpoint = begun_checkpoint();
  Config asked;
  asked.data.workers = 5;
  asked.data.decode_mb = 2048;
  asked.train.epochs = 50;
  const Config now = resumed_config(checkpoint, asked, false);
  EXPECT_EQ(now.train.threads, 3);
  EXPECT_EQ(now.train.precision, PrecisionChoice::bf16);
  EXPECT_EQ(now.data.workers, 5);
  EXPECT_EQ(now.data.decode_mb, 2048);
  const Config recorded = recorded_config(checkpoint, now);
  Config expected = checkpoint.config;
  expected.train.epochs = 50;
  EXPECT_EQ(to_json(recorded), to_json(expected));

  asked.train.threads = 1;
  EXPECT_EQ(recorded_config(checkpoint, resumed_config(checkpoint, asked, false)).train.threads, 1);
}

TEST(Resume, ClassesAndPicturesAreTheRuns) {
  const Checkpoint checkpoint = begun_checkpoint();
  const Json other = {{"train", "ab"}, {"validation", "ce"}};
  check_same_pictures(checkpoint, checkpoint.classes, checkpoint.pictures, false);
  EXPECT_EQ(message_of<DataError>(
                [&] { check_same_pictures(checkpoint, checkpoint.classes, other, false); }),
            "--resume: the validation pictures are not those that the run began with; "
            "--force-resume goes on all the same");
  check_same_pictures(checkpoint, checkpoint.classes, other, /*force=*/true);
  EXPECT_EQ(message_of<DataError>([&] {
              check_same_pictures(checkpoint, {"cats", "wolves"}, checkpoint.pictures, true);
            }),
            "--resume: the classes are not those of the run: only the data folder has \"wolves\"; only "
            "the run has \"dogs\"");
}

}  // namespace
}  // namespace catdog
