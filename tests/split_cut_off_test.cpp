// SPDX-License-Identifier: Apache-2.0
// catdog split cut off by a full disk, a signal or kill -9: the destination is as it was before, at
// once or after the next split.
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/signals.hpp"
#include "catdog/pictures/split.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::make_flat;
using test::message_of;
using test::snapshot;
using test::TempFolder;
using test::well_in_child;
using test::write_text;

class SplitCutOff : public ::testing::Test {
 protected:
  SplitCutOff() {
    options.source = temp / "source";
    options.destination = temp / "made" / "split";
    options.counts = {5, 3, 2};
  }

  TempFolder temp;
  SplitOptions options;
};

// A former split in the destination, to be seen unharmed.
TEST_F(SplitCutOff, ByAFullDisk) {
  make_flat(options.source, 10);
  split_pictures(options);
  options.force = true;
  const auto before = snapshot(temp.path());
  EXPECT_TRUE(well_in_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{100, 100};  // bytes a file: as good as a full disk
    ::setrlimit(RLIMIT_FSIZE, &limit);
    try {
      split_pictures(options);
      return false;
    } catch (const Error& error) {
      return error.what() == std::string("cannot write train/cats/cat.0.jpg: File too large");
    }
  }));
  EXPECT_TRUE(snapshot(temp.path()) == before);
}

TEST_F(SplitCutOff, ByASignalBeforeReading) {
  make_flat(options.source, 10);
  const auto before = snapshot(temp.path());
  EXPECT_TRUE(well_in_child([&] {
    catch_interrupts();
    std::raise(SIGTERM);
    try {
      split_pictures(options);
      return false;
    } catch (const Interrupted& interrupted) {
      return interrupted.signal == SIGTERM;
    }
  }));
  EXPECT_TRUE(snapshot(temp.path()) == before);
}

TEST_F(SplitCutOff, ByASignalWhileCopying) {
  make_flat(options.source, 1);
  for (int i = 1; i < 2000; ++i) {
    for (const std::string name : {"cat.", "dog."}) {
      fs::create_hard_link(options.source / (name + "0.jpg"),
                           options.source / (name + std::to_string(i) + ".jpg"));
    }
  }
  options.counts = {2000, 0, 0};
  const auto before = snapshot(temp.path());
  EXPECT_TRUE(well_in_child([&] {
    catch_interrupts();
    const fs::path begun =
        options.destination / (".catdog-split." + std::to_string(::getpid())) / "new/train";
    std::jthread presses_ctrl_c([&] {
      while (!fs::exists(begun)) std::this_thread::yield();
      ::kill(::getpid(), SIGINT);
    });
    try {
      split_pictures(options);
      return false;
    } catch (const Interrupted& interrupted) {
      return interrupted.signal == SIGINT;
    }
  }));
  EXPECT_TRUE(snapshot(temp.path()) == before);
}

// A split that was killed leaves its staging folder; the next one, even if it fails itself, first
// brings back the former split, or clears away what was replaced.
class SplitKilled : public SplitCutOff {
 protected:
  SplitKilled() {
    make_flat(options.source, 10);
    for (const char* entry : {"train", "validation", "test"}) {
      write_text(options.destination / entry / "former", "");
    }
    write_text(options.destination / "split.json", "former");
    former = snapshot(options.destination);
    staging = options.destination / ".catdog-split.1";
  }
  void move(const fs::path& entry, const fs::path& to) const {
    fs::create_directories(to);
    fs::rename(entry, to / entry.filename());
  }
  // What the destination holds after a split that fails.
  auto after_the_next() {
    options.force = false;
    message_of<ConfigError>([&] { split_pictures(options); });
    return snapshot(options.destination);
  }

  std::map<std::string, std::string> former;
  fs::path staging;
};

TEST_F(SplitKilled, WhileCopying) {
  write_text(staging / "new/train/new", "");
  EXPECT_TRUE(after_the_next() == former);
}

TEST_F(SplitKilled, WhileMovingTheFormerSplitAside) {
  write_text(staging / "new/train/new", "");
  write_text(staging / "new/split.json", "new");
  move(options.destination / "train", staging / "leaving");
  EXPECT_TRUE(after_the_next() == former);
}

TEST_F(SplitKilled, WhileMovingTheNewSplitIn) {
  for (const char* entry : {"train", "validation", "test", "split.json"}) {
    move(options.destination / entry, staging / "replaced");
  }
  write_text(options.destination / "train/new", "");
  write_text(staging / "new/test/new", "");
  write_text(staging / "new/split.json", "new");
  EXPECT_TRUE(after_the_next() == former);
}

TEST_F(SplitKilled, WhileClearingAway) {
  move(options.destination / "train", staging / "replaced");
  fs::create_directory(staging / "new");
  write_text(options.destination / "train/new", "");
  former = snapshot(options.destination);
  std::erase_if(former, [](const auto& entry) { return entry.first.starts_with(".catdog"); });
  EXPECT_TRUE(after_the_next() == former);
}

TEST_F(SplitKilled, LeavesAFolderThatCountsAsEmpty) {
  const TempFolder destination;
  options.destination = destination.path();
  write_text(destination / ".catdog-split.1/new/train/cats/cat.0.jpg", "");
  split_pictures(options);
  EXPECT_FALSE(fs::exists(destination / ".catdog-split.1"));
  EXPECT_TRUE(fs::exists(destination / "split.json"));
}

}  // namespace
}  // namespace catdog
