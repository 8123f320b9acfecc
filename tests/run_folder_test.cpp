// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/run_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <functional>
#include <optional>
#include <set>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::read_text;
using test::TempFolder;

RunFolder create(const fs::path& root, const std::string& name) {
  RunFolder run = RunFolder::create(root, name);
  run.begin({{"train", {{"epochs", 3}}}}, {{"device", "cpu"}});
  return run;
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
  run.write_metrics({{.epoch = 1,
                      .loss = 0.69,
                      .accuracy = 0.5,
                      .val_loss = 0.7,
                      .val_accuracy = 0.25,
                      .lr = 1e-4,
                      .seconds = 1.5,
                      .images_per_second = 100,
                      .waited_share = 0},
                     {.epoch = 2,
                      .loss = 0.6,
                      .accuracy = 2.0 / 3,
                      .val_loss = 0.65,
                      .val_accuracy = 0.5,
                      .lr = 1e-4,
                      .seconds = 1.25,
                      .images_per_second = 123.456,
                      .waited_share = 0}});
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
  test::write_text(run.predictions("test"), "of the last");
  run.finish(TrainOptions::Keep::last);
  EXPECT_EQ(read_text(run.predictions("test")), "of the last");  // the same model still
  run.finish(TrainOptions::Keep::best);
  EXPECT_EQ(read_text(run.model()), "best");
  EXPECT_FALSE(fs::exists(run.predictions("test")));
  EXPECT_EQ(read_text(run.predictions("test-of-another-model")), "of the last");
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

Checkpoint at_step(int64_t steps_done) {
  Checkpoint checkpoint;
  checkpoint.classes = {"cats", "dogs"};
  checkpoint.pictures = checkpoint.environment = Json::object();
  checkpoint.position = {.step = steps_done, .pictures = steps_done, .steps_done = steps_done};
  checkpoint.tensors = {{"model.w", torch::full({50}, steps_done)}};
  return checkpoint;
}

fs::path file_of(const RunFolder& run, const char* name) {
  return run.path() / "checkpoints" / name;
}

std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

TEST(RunFolder, KeepsTheNewestTwoCheckpoints) {
  const TempFolder folder;
  RunFolder run = create(folder.path(), "r");
  EXPECT_FALSE(run.newest_checkpoint().has_value());
  for (const int64_t step : {0, 5, 5, 12}) run.write(at_step(step));
  EXPECT_EQ(names_in(run.path() / "checkpoints"),
            (std::set<std::string>{"step-00000005.pt", "step-00000012.pt"}));
  EXPECT_EQ(run.newest_checkpoint()->position.steps_done, 12);
}

TEST(RunFolder, TakesTheCheckpointBeforeADamagedOne) {
  const TempFolder folder;
  RunFolder run = create(folder.path(), "r");
  for (const int64_t step : {5, 12}) run.write(at_step(step));
  const fs::path newest = file_of(run, "step-00000012.pt");
  test::write_text(newest, read_text(newest).substr(1));
  EXPECT_EQ(run.newest_checkpoint()->position.steps_done, 5);
  // The good one outlives the damaged one, though that has the higher number.
  run.write(at_step(7));
  EXPECT_EQ(names_in(run.path() / "checkpoints"),
            (std::set<std::string>{"step-00000005.pt", "step-00000007.pt"}));

  for (const char* name : {"step-00000005.pt", "step-00000007.pt"}) {
    test::write_text(file_of(run, name), "");
  }
  EXPECT_EQ(test::message_of<ModelError>([&] { run.newest_checkpoint(); }),
            run.path().string() + ": none of its checkpoints can be used; weights/ may still be");
}

TEST(RunFolder, IsLockedWhileItIsInTheMaking) {
  const TempFolder folder;
  std::optional<RunFolder> run = create(folder.path(), "r");
  const std::string path = run->path().string();
  EXPECT_EQ(
      test::message_of<ModelError>([&] { RunFolder::open(path); }),
      path + ": in use by process " + std::to_string(::getpid()) + ": wait for its end, or end it");
  run.reset();
  EXPECT_EQ(RunFolder::open(path).path(), path);
  EXPECT_EQ(RunFolder::open(path + "/").path(), path);
  EXPECT_EQ(test::message_of<ModelError>([&] { RunFolder::open(folder / "s"); }),
            (folder / "s").string() + ": no folder of a training run: it has no config.json");
}

TEST(RunState, IsSeenFromOutside) {
  const TempFolder folder;
  std::optional<RunFolder> run = create(folder.path(), "r");
  const fs::path path = run->path();
  EXPECT_TRUE(run_state(path).is_running);
  EXPECT_TRUE(run_state(path).is_running);  // asking takes nothing away
  run.reset();
  EXPECT_FALSE(run_state(path).is_running);
  EXPECT_FALSE(run_state(path).is_done);
  test::write_text(path / "checkpoints" / "step-5.pt", "");  // no name that a checkpoint has
  EXPECT_FALSE(run_state(path).has_checkpoint);
  test::write_text(path / "checkpoints" / "step-00000005.pt", "");
  test::write_text(path / "model.pt", "");
  EXPECT_TRUE(run_state(path).has_checkpoint);
  EXPECT_TRUE(run_state(path).is_done);
  EXPECT_FALSE(run_state(folder / "absent").is_running);
}

TEST(RunFolder, OpenedItIsSweptOfItsOwnLeftoversAlone) {
  const TempFolder folder;
  const fs::path run = create(folder.path(), "r").path();
  const char* ours[] = {"metrics.csv.tmp.0123456789abcdef", "first_batch.png.tmp.fedcba9876543210.0",
                        "weights/best.pt.tmp.0000000000000000",
                        "predictions/test.csv.tmp.0000000000000000",
                        "checkpoints/step-00000005.pt.tmp.00000000000000aa"};
  const char* mine[] = {"notes.tmp.0123456789abcdef",
                        "metrics.csv.tmp.mine",
                        "metrics.csv.tmp.0123456789abcde",
                        "metrics.csv.tmp.0123456789ABCDEF",
                        "weights/mine.pt.tmp.0123456789abcdef",
                        "checkpoints/step-5.pt.tmp.0123456789abcdef",
                        "checkpoints/copy.pt"};
  for (const char* name : ours) test::write_text(run / name, "x");
  for (const char* name : mine) test::write_text(run / name, "x");
  RunFolder::open(run);
  for (const char* name : ours) EXPECT_FALSE(fs::exists(run / name)) << name;
  for (const char* name : mine) EXPECT_TRUE(fs::exists(run / name)) << name;
}

// Each part of a run, in a folder that a stranger prepared.
TEST(RunFolder, IsNotOpenedWhereAPartIsNoPlainFileOrFolder) {
  const TempFolder folder;
  const fs::path victim = folder / "victim";
  test::write_text(victim / "file", "the user's");
  const auto before = test::snapshot(victim);
  const std::string log = "events.out.tfevents.1764000000.catdog.0001";
  const std::set<std::string> folders = {"weights", "checkpoints", "predictions"},
                              in_place = {".lock", log};
  for (const std::string part :
       {"config.json", "env.json", "first_batch.png", "metrics.csv", "model.pt", "report.html",
        ".lock", "weights", "weights/last.pt", "weights/best.pt", "checkpoints",
        "checkpoints/step-00000005.pt", "predictions", "predictions/validation.csv",
        "predictions/test.csv", "predictions/test-of-another-model.csv", log.c_str()}) {
    const auto refusal = [&](const std::function<void(const fs::path&)>& prepare) {
      const fs::path run = create(folder.path(), "r").path();
      fs::remove_all(run / part);
      prepare(run / part);
      const std::string fault = test::message_of<ModelError>([&] { RunFolder::open(run); });
      const std::string start = (run / part).string() + ": ";
      EXPECT_TRUE(fault.starts_with(start)) << fault;
      EXPECT_TRUE(test::snapshot(victim) == before) << part;
      fs::remove_all(run);
      return fault.substr(std::min(fault.size(), start.size()), fault.find(", and") - start.size());
    };
    const bool is_folder = folders.contains(part);
    for (const char* target : {"file", ".", "absent"}) {
      EXPECT_EQ(refusal([&](const fs::path& path) { fs::create_symlink(victim / target, path); }),
                "is a symbolic link");
    }
    EXPECT_EQ(refusal([&](const fs::path& path) { ::mkfifo(path.c_str(), 0600); }),
              is_folder ? "is not a folder" : "is not a regular file");
    if (is_folder) {
      EXPECT_EQ(refusal([&](const fs::path& path) { test::write_text(path, ""); }),
                "is not a folder");
    } else {
      EXPECT_EQ(refusal([&](const fs::path& path) { fs::create_directory(path); }), "is a folder");
    }
    if (in_place.contains(part)) {
      EXPECT_EQ(refusal([&](const fs::path& path) {
                  fs::create_hard_link(victim / "file", path);
                }),
                "has a second name (a hard link)");
    }
  }
}

TEST(RunFolder, WritesIntoNoFolderThatBecameALinkMeanwhile) {
  const TempFolder folder;
  RunFolder run = create(folder.path(), "r");
  fs::create_directory(folder / "victim");
  test::write_text(folder / "victim" / "step-00000001.pt", "the user's");
  const auto before = test::snapshot(folder / "victim");
  run.write(at_step(2));
  fs::remove_all(run.path() / "checkpoints");
  fs::create_directory_symlink(folder / "victim", run.path() / "checkpoints");
  EXPECT_THROW(run.write(at_step(3)), Error);
  EXPECT_TRUE(test::snapshot(folder / "victim") == before);
}

TEST(RunFolder, MayBeNamedByALink) {
  const TempFolder folder;
  create(folder.path(), "r");
  fs::create_directory_symlink("r", folder / "latest");
  RunFolder run = RunFolder::open(folder / "latest");
  run.write(at_step(2));
  EXPECT_TRUE(fs::exists(folder / "r/checkpoints/step-00000002.pt"));
}

}  // namespace
}  // namespace catdog
