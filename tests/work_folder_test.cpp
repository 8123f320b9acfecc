// SPDX-License-Identifier: Apache-2.0
// Work folders as others forge or change them: what the journal does not vouch for is named and
// stays. Killed operations: killed_operations_test.cpp.
#include "catdog/core/work_folder.hpp"

#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "catdog/core/error.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::message_of;
using test::snapshot;
using test::TempFolder;
using test::write_text;

const std::string kTestPrefix = ".catdog-test.";

class WorkFolderTest : public testing::Test {
 protected:
  // The work folder of a process that was killed while it made "a" and "b".
  fs::path killed_in(const fs::path& destination) const {
    fs::create_directories(destination);
    test::well_in_child([&] {
      const WorkFolder work(destination, kTestPrefix);
      write_text(work.folder() / "a" / "1", "made");
      return std::raise(SIGKILL) == 0;
    });
    return fs::directory_iterator(destination)->path();
  }
  // The refusal; nothing may have changed.
  std::string refusal(const fs::path& destination) const {
    const auto before = snapshot(destination);
    const std::string text =
        message_of<ConfigError>([&] { WorkFolder::clear_remains(destination, kTestPrefix); });
    EXPECT_TRUE(snapshot(destination) == before) << text;
    return text;
  }
  static std::string not_left(const fs::path& path) {
    return path.string() +
           ": was not left there by an interrupted catdog, or was changed since; look at what it "
           "holds, and move it away or remove it";
  }

  const TempFolder folder_;
  const fs::path destination_ = folder_ / "destination";
};

TEST_F(WorkFolderTest, PublishesAndReplacesByName) {
  write_text(destination_ / "a" / "old", "old");
  write_text(destination_ / "gone", "old");
  write_text(destination_ / "mine", "mine");
  {
    WorkFolder work(destination_, kTestPrefix);
    write_text(work.folder() / "a" / "new", "new");
    write_text(work.folder() / "b", "new");
    work.publish({"a", "b", "absent"}, {"a", "gone", "none"});
  }
  EXPECT_EQ(snapshot(destination_),
            (std::map<std::string, std::string>{{".", "folder"},
                                                {"a", "folder"},
                                                {"a/new", "file new"},
                                                {"b", "file new"},
                                                {"mine", "file mine"}}));
}

TEST_F(WorkFolderTest, WithoutPublishingNothingIsLeft) {
  write_text(destination_ / "a", "old");
  const auto before = snapshot(destination_);
  {
    const WorkFolder work(destination_, kTestPrefix);
    write_text(work.folder() / "a", "new");
  }
  EXPECT_TRUE(snapshot(destination_) == before);
}

TEST_F(WorkFolderTest, WhatStandsInTheWayIsNotReplaced) {
  write_text(destination_ / "a", "old");
  write_text(destination_ / "b", "mine");
  const auto before = snapshot(destination_);
  {
    WorkFolder work(destination_, kTestPrefix);
    for (const char* name : {"a", "b"}) write_text(work.folder() / name, "new");
    EXPECT_EQ(message_of<Error>([&] { work.publish({"a", "b"}, {"a"}); }),
              "cannot write " + (destination_ / "b").string() + ": File exists");
  }
  EXPECT_TRUE(snapshot(destination_) == before);
}

TEST_F(WorkFolderTest, ThatOfAKilledProcessIsClearedAway) {
  const fs::path work = killed_in(destination_);
  EXPECT_TRUE(fs::exists(work / "new" / "a" / "1"));
  WorkFolder::clear_remains(destination_, kTestPrefix);
  EXPECT_TRUE(fs::is_empty(destination_));
}

TEST_F(WorkFolderTest, ThatOfALivingProcessIsLeftAlone) {
  fs::create_directories(destination_);
  const WorkFolder work(destination_, kTestPrefix);
  const auto before = snapshot(destination_);
  EXPECT_EQ(message_of<Error>([&] { WorkFolder::clear_remains(destination_, kTestPrefix); }),
            destination_.string() + ": another catdog is writing there; wait until it is done");
  EXPECT_TRUE(snapshot(destination_) == before);
}

TEST_F(WorkFolderTest, AForgedOneIsNamedAndStays) {
  const fs::path work = destination_ / (kTestPrefix + "0123456789abcdef");
  write_text(folder_ / "victim" / "a", "the user's");
  const auto victim = snapshot(folder_ / "victim");
  const std::function<void()> forgeries[] = {
      [&] { write_text(work / "new" / "a", ""); },
      [&] { write_text(work / "former" / "a", ""); },
      [&] { write_text(work / "journal.moving", ""); },
      [&] { write_text(work / "journal.moving", "catdog journal 1"); },
      [&] { fs::create_directories(work / "journal.moving"); },
      [&] { write_text(work, "a file"); },
      [&] { fs::create_directory_symlink(folder_ / "victim", work); },
      [&] {
        fs::create_directory(work);
        fs::create_symlink(folder_ / "victim/a", work / "journal.moving");
      },
      [&] {  // that of another folder, copied with all that is in it
        fs::copy(killed_in(folder_ / "other"), work, fs::copy_options::recursive);
      },
      [&] { fs::rename(killed_in(folder_ / "third"), work); },
      [&] {
        ::mkdir(work.c_str(), 0700);
        ::mkfifo((work / "journal.moving").c_str(), 0600);
      }};
  for (const auto& forge : forgeries) {
    fs::create_directories(destination_);
    write_text(destination_ / "a", "the user's");
    forge();
    EXPECT_EQ(refusal(destination_), not_left(work));
    EXPECT_TRUE(snapshot(folder_ / "victim") == victim);
    fs::remove_all(destination_);
  }
}

TEST_F(WorkFolderTest, AnotherUsersIsNamedAndStays) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can make a folder that belongs to another user";
  const fs::path work = killed_in(destination_);
  ASSERT_EQ(::chown((work / "journal.making").c_str(), 12345, 12345), 0);
  EXPECT_EQ(refusal(destination_), not_left(work));
  ASSERT_EQ(::chown((work / "journal.making").c_str(), 0, 0), 0);
  ASSERT_EQ(::chown(work.c_str(), 12345, 12345), 0);
  EXPECT_EQ(refusal(destination_), not_left(work));
}

TEST_F(WorkFolderTest, WhatWasAddedToOneThatWasCutOffStays) {
  const fs::path work = killed_in(destination_);
  write_text(work / "mine", "the user's");
  message_of<ConfigError>([&] { WorkFolder::clear_remains(destination_, kTestPrefix); });
  EXPECT_EQ(test::read_text(work / "mine"), "the user's");
}

}  // namespace
}  // namespace catdog
