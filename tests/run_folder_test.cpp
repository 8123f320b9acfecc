// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/run_folder.hpp"

#include <gtest/gtest.h>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::read_text;
using test::TempFolder;

RunFolder create(const fs::path& root, const std::string& name) {
  return RunFolder::create(root, name, {{"train", {{"epochs", 3}}}}, {{"device", "cpu"}});
}

TEST(RunFolder, NeverTakesAnExistingFolder) {
  const TempFolder folder;
  test::write_text(folder / "runs" / "a" / "mine.txt", "mine");
  test::write_text(folder / "runs" / "a-2", "a file");
  EXPECT_EQ(create(folder / "runs", "a").path(), folder / "runs" / "a-3");
  EXPECT_EQ(create(folder / "runs", "a").path(), folder / "runs" / "a-4");
  EXPECT_EQ(create(folder / "runs", "b").path(), folder / "runs" / "b");
  EXPECT_EQ(read_text(folder / "runs" / "a" / "mine.txt"), "mine");
}

TEST(RunFolder, HoldsConfigEnvironmentAndOneRowAnEpoch) {
  const TempFolder folder;
  const RunFolder run = create(folder.path(), "r");
  EXPECT_EQ(Json::parse(read_text(run.path() / "config.json"))["train"]["epochs"], 3);
  EXPECT_EQ(Json::parse(read_text(run.path() / "env.json"))["device"], "cpu");
  run.append({.epoch = 1,
              .loss = 0.69,
              .accuracy = 0.5,
              .val_loss = 0.7,
              .val_accuracy = 0.25,
              .lr = 1e-4,
              .seconds = 1.5,
              .images_per_second = 100,
              .waited_share = 0});
  run.append({.epoch = 2,
              .loss = 0.6,
              .accuracy = 2.0 / 3,
              .val_loss = 0.65,
              .val_accuracy = 0.5,
              .lr = 1e-4,
              .seconds = 1.25,
              .images_per_second = 123.456,
              .waited_share = 0});
  EXPECT_EQ(read_text(run.path() / "metrics.csv"),
            "epoch,loss,acc,val_loss,val_acc,lr,seconds,images_per_second\n"
            "1,0.69,0.5,0.7,0.25,0.0001,1.500,100.0\n"
            "2,0.6,0.666667,0.65,0.5,0.0001,1.250,123.5\n");
}

TEST(RunFolder, FinishTakesTheLastOrTheBest) {
  const TempFolder folder;
  const RunFolder run = create(folder.path(), "r");
  test::write_text(run.last_weights(), "last");
  test::write_text(run.best_weights(), "best");
  run.finish(TrainOptions::Keep::last);
  EXPECT_EQ(read_text(run.model()), "last");
  run.finish(TrainOptions::Keep::best);
  EXPECT_EQ(read_text(run.model()), "best");
}

TEST(RunFolder, RefusesNamesThatLeadElsewhere) {
  const TempFolder folder;
  for (const char* name : {"", ".", "..", "a/b", ".hidden"}) {
    EXPECT_THROW(create(folder.path(), name), ConfigError) << name;
  }
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(RunFolder, SaysWhyItCannotBeMade) {
  const TempFolder folder;
  test::write_text(folder / "file", "");
  EXPECT_EQ(test::message_of<ModelError>([&] { create(folder / "file", "r"); }),
            "cannot make a run folder in " + (folder / "file").string() + ": Not a directory");
}

}  // namespace
}  // namespace catdog
