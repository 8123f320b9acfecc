// SPDX-License-Identifier: Apache-2.0
// Operations that are killed before each of their changes to a folder, and so is the clean-up after
// them: the next call brings all to one of the two ends, and nothing of the user's is lost. The
// functions of libc that change a folder are defined here anew, and count.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdarg>
#include <functional>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/work_folder.hpp"
#include "catdog/pictures/split.hpp"
#include "test_support.hpp"

namespace {

std::atomic<int> steps_to_live = -1;  // changes until this process is killed; negative: it is not

void count_step() {
  if (steps_to_live >= 0 && steps_to_live-- == 0) std::raise(SIGKILL);
}

template <typename... Arguments>
int changed(long call, Arguments... arguments) {
  count_step();
  return static_cast<int>(::syscall(call, arguments...));
}

}  // namespace

extern "C" {

int mkdir(const char* path, mode_t mode) noexcept {
  return changed(SYS_mkdirat, AT_FDCWD, path, mode);
}
int mkdirat(int folder, const char* path, mode_t mode) noexcept {
  return changed(SYS_mkdirat, folder, path, mode);
}
int rmdir(const char* path) noexcept {
  return changed(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
}
int unlinkat(int folder, const char* path, int flags) noexcept {
  return changed(SYS_unlinkat, folder, path, flags);
}
int renameat(int from, const char* a, int to, const char* b) noexcept {
  return changed(SYS_renameat2, from, a, to, b, 0);
}
int renameat2(int from, const char* a, int to, const char* b, unsigned flags) noexcept {
  return changed(SYS_renameat2, from, a, to, b, flags);
}
int openat(int folder, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  if ((flags & O_CREAT) != 0) count_step();
  return static_cast<int>(::syscall(SYS_openat, folder, path, flags, mode));
}

}  // extern "C"

namespace catdog {
namespace {

using test::snapshot;
using test::TempFolder;
using test::write_text;
using Snapshot = std::map<std::string, std::string>;

// Runs `action` in a process that is killed before its change number `step`, from 0; false: it was
// done before.
bool killed_at(int step, const std::function<void()>& action) {
  return !test::well_in_child([&] {
    steps_to_live = step;
    action();
    return true;
  });
}

bool has_hidden(const Snapshot& entries) {
  for (const auto& [name, what] : entries) {
    if (name.starts_with(".catdog-")) return true;
  }
  return false;
}

class KilledSplit : public testing::Test {
 protected:
  KilledSplit() {
    options.source = temp / "source";
    options.destination = temp / "split";
    options.counts = {1, 1, 0};
    test::make_flat(options.source, 2);
  }
  void split() const { split_pictures(options); }
  // What a call that may be refused makes of the destination.
  Snapshot after_the_next(bool force) {
    options.force = force;
    try {
      split();
    } catch (const ConfigError&) {
    }
    return snapshot(options.destination);
  }
  // A former split, with a subset that the new one has not, and a file beside it.
  void make_former() const {
    fs::remove_all(options.destination);
    for (const char* entry : {"train", "validation", "test"}) {
      write_text(options.destination / entry / "former", "");
    }
    write_text(options.destination / "split.json", "former");
    write_text(options.destination / "notes", "mine");
  }

  TempFolder temp;
  SplitOptions options;
};

TEST_F(KilledSplit, IntoANewFolder) {
  split();
  const Snapshot whole = snapshot(options.destination);
  int step = 0;
  for (;; ++step) {
    fs::remove_all(options.destination);
    if (!killed_at(step, [&] { split(); })) break;
    ASSERT_TRUE(after_the_next(/*force=*/false) == whole) << step;
  }
  EXPECT_GT(step, 20);
}

TEST_F(KilledSplit, OverAFormerOne) {
  make_former();
  const Snapshot former = snapshot(options.destination);
  options.force = true;
  split();
  const Snapshot replaced = snapshot(options.destination);
  EXPECT_FALSE(replaced.contains("test"));
  EXPECT_EQ(replaced.at("notes"), "file mine");
  int ends[2] = {};
  for (int step = 0;; ++step) {
    make_former();
    options.force = true;
    if (!killed_at(step, [&] { split(); })) break;
    const Snapshot now = after_the_next(/*force=*/false);
    ASSERT_TRUE(now == former || now == replaced) << step;
    ++ends[now == replaced];
    ASSERT_TRUE(after_the_next(/*force=*/true) == replaced) << step;
  }
  EXPECT_GT(ends[0], 10);
  EXPECT_GT(ends[1], 2);
}

TEST_F(KilledSplit, AndKilledAgainWhileThatIsUndone) {
  make_former();
  const Snapshot former = snapshot(options.destination);
  options.force = true;
  split();
  const Snapshot replaced = snapshot(options.destination);
  for (int step = 0;; step += 5) {
    for (int second = 0;; ++second) {
      make_former();
      options.force = true;
      if (!killed_at(step, [&] { split(); })) return;
      if (!killed_at(second, [&] { after_the_next(/*force=*/false); })) break;
      const Snapshot now = after_the_next(/*force=*/false);
      ASSERT_TRUE(now == former || now == replaced) << step << ' ' << second;
    }
  }
}

// Whatever the user puts into a split that was cut off, or in the place of a part of it, is there
// after the next call, which may refuse.
TEST_F(KilledSplit, WhatTheUserAddsMeanwhileStays) {
  for (int step = 0;; step += 2) {
    for (const char* mine : {"train/mine", "train/cat/mine", "test/mine", "split.json"}) {
      make_former();
      options.force = true;
      if (!killed_at(step, [&] { split(); })) return;
      write_text(options.destination / mine, "the user's");
      after_the_next(/*force=*/false);
      bool is_there = false;
      for (const auto& [name, what] : snapshot(options.destination)) {
        if (what == "file the user's") is_there = true;
      }
      ASSERT_TRUE(is_there) << step << ' ' << mine;
    }
  }
}

// A folder of results: all of it or nothing.
TEST(KilledWorkFolder, PublishesAllOrNothing) {
  const TempFolder folder;
  const std::string prefix = ".catdog-test.";
  const auto work = [&](const fs::path& destination) {
    WorkFolder::clear_remains(destination, prefix);
    WorkFolder made(destination, prefix);
    write_text(made.folder() / "a" / "1", "1");
    write_text(made.folder() / "a\nb", "2");
    made.publish({"a", "a\nb"}, {});
  };
  int step = 0;
  for (;; ++step) {
    const fs::path destination = folder / std::to_string(step);
    fs::create_directory(destination);
    if (!killed_at(step, [&] { work(destination); })) break;
    WorkFolder::clear_remains(destination, prefix);
    const Snapshot now = snapshot(destination);
    ASSERT_TRUE(now.size() == 1 || now.size() == 4) << step;
    ASSERT_FALSE(has_hidden(now));
  }
  EXPECT_GT(step, 10);
}

}  // namespace
}  // namespace catdog
