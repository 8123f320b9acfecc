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
    const auto has_begun = [&] {
      std::error_code ignored;
      const fs::directory_iterator hidden(options.destination, ignored);
      return hidden != fs::directory_iterator() && fs::exists(hidden->path() / "new/train", ignored);
    };
    std::jthread presses_ctrl_c([&] {
      while (!has_begun()) std::this_thread::yield();
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

// A folder with the name of one that a killed split leaves, but without a journal: whatever it holds
// (what undoing or clearing away would move or remove), nothing is touched. How splits that were
// killed come to an end: tests/test_foreign_cleanup.py.
TEST_F(SplitCutOff, AFolderWithoutAJournalIsRefusedByName) {
  make_flat(options.source, 10);
  const std::vector<std::string> entries = {"new/split.json", "new/train/a", "replaced/train/a",
                                            "leaving/train/a", "former/train/a"};
  for (unsigned chosen = 1; chosen < 1u << entries.size(); ++chosen) {
    for (const char* of_user : {"", "train/a", "split.json"}) {
      const TempFolder destination;
      options.destination = destination.path();
      const fs::path forged = destination / ".catdog-split.123";
      for (size_t i = 0; i < entries.size(); ++i) {
        if ((chosen >> i & 1u) != 0) write_text(forged / entries[i], "theirs");
      }
      if (*of_user != '\0') write_text(destination / of_user, "the user's");
      const auto before = snapshot(destination.path());
      options.force = !options.force;
      EXPECT_EQ(message_of<ConfigError>([&] { split_pictures(options); }),
                forged.string() +
                    ": was not left there by an interrupted catdog, or was changed since; look at "
                    "what it holds, and move it away or remove it");
      EXPECT_TRUE(snapshot(destination.path()) == before) << chosen << of_user;
    }
  }
}

TEST_F(SplitCutOff, AnEmptyFolderOfThatNameGoesSinceItHoldsNothing) {
  make_flat(options.source, 10);
  fs::create_directories(options.destination / ".catdog-split.0123456789abcdef");
  split_pictures(options);
  EXPECT_FALSE(fs::exists(options.destination / ".catdog-split.0123456789abcdef"));
  EXPECT_TRUE(fs::exists(options.destination / "split.json"));
}

}  // namespace
}  // namespace catdog
