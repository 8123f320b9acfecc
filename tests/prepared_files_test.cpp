// SPDX-License-Identifier: Apache-2.0
// Files that somebody else prepared where catdog writes: links, FIFOs, folders and files with other
// names or owners. What they lead to stays as it is.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <regex>
#include <set>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/writer_lock.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::message_of;
using test::TempFolder;

class PreparedFiles : public testing::Test {
 protected:
  PreparedFiles() { test::write_text(victim_, "victim"); }
  ~PreparedFiles() override { EXPECT_EQ(test::read_text(victim_), "victim"); }

  const TempFolder folder_;
  const fs::path victim_ = folder_ / "victim", file_ = folder_ / "file";
};

// What is written in place: each refusal by the name and the reason.
TEST_F(PreparedFiles, AreNotWrittenInPlace) {
  const fs::path lock = folder_ / ".lock";
  const auto expect_refused = [&](const std::string& why) {
    const auto refusal = [&](const fs::path& path) {
      return path.string() + ": " + why + ", and catdog does not write through it: remove it, or " +
             "put a plain file of your own in its place";
    };
    EXPECT_EQ(message_of<ModelError>([&] { append_to_file(file_, "x"); }), refusal(file_));
    EXPECT_EQ(message_of<ModelError>([&] { empty_file(file_); }), refusal(file_));
    EXPECT_EQ(message_of<ModelError>([&] { WriterLock held(folder_.path()); }), refusal(lock));
    EXPECT_EQ(message_of<ModelError>([&] { check_own_entry(file_, OwnEntry::changed_file); }),
              refusal(file_));
    EXPECT_FALSE(is_locked(folder_.path()));
    fs::remove(file_);
    fs::remove(lock);
  };
  for (const fs::path& target : {victim_, folder_ / "absent", fs::path("/dev/null")}) {
    for (const fs::path& path : {file_, lock}) fs::create_symlink(target, path);
    expect_refused("is a symbolic link");
  }
  EXPECT_FALSE(fs::exists(folder_ / "absent"));
  for (const fs::path& path : {file_, lock}) fs::create_hard_link(victim_, path);
  expect_refused("has a second name (a hard link)");
  for (const fs::path& path : {file_, lock}) ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  expect_refused("is not a regular file");
  for (const fs::path& path : {file_, lock}) fs::create_directory(path);
  expect_refused("is a folder");
  if (::geteuid() == 0) {  // only root can make a file that belongs to another user
    for (const fs::path& path : {file_, lock}) {
      test::write_text(path, "theirs");
      ASSERT_EQ(::chown(path.c_str(), 12345, 12345), 0);
    }
    expect_refused("belongs to another user");
  }
}

TEST_F(PreparedFiles, OnesOwnAreWrittenInPlace) {
  append_to_file(file_, "one");
  append_to_file(file_, "two");
  EXPECT_EQ(test::read_text(file_), "onetwo");
  empty_file(file_);
  EXPECT_EQ(test::read_text(file_), "");
  { const WriterLock held(folder_.path()); }
  const WriterLock again(folder_.path());
  EXPECT_EQ(test::read_text(folder_ / ".lock"), "process " + std::to_string(::getpid()));
}

TEST_F(PreparedFiles, AreReplacedAndNeverWrittenThrough) {
  fs::create_symlink(victim_, file_);
  write_file_atomically(file_, "new");
  EXPECT_FALSE(fs::is_symlink(file_));
  fs::remove(file_);
  fs::create_hard_link(victim_, file_);
  write_file_atomically(file_, "new");
  EXPECT_EQ(test::read_text(file_), "new");
  fs::remove(file_);
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  EXPECT_EQ(message_of<Error>([&] { write_file_atomically(file_, "new"); }),
            "cannot write " + file_.string() + ": it exists and is not a regular file");
  EXPECT_TRUE(fs::is_fifo(file_));
}

TEST_F(PreparedFiles, AFolderInAFolderOfCatdogsIsNoLink) {
  fs::create_directory(folder_ / "real");
  fs::create_directory_symlink("real", folder_ / "link");
  const fs::path file = folder_ / "link" / "a";
  const std::string fault = "cannot write " + file.string() + ": its folder is a symbolic link";
  EXPECT_EQ(message_of<Error>([&] { write_file_atomically(file, "x", FolderLink::refuse); }), fault);
  EXPECT_EQ(message_of<Error>([&] { write_new_file(file, "x", FolderLink::refuse); }), fault);
  EXPECT_TRUE(fs::is_empty(folder_ / "real"));
  EXPECT_THROW(make_own_folder(folder_ / "link"), ModelError);
  write_file_atomically(file, "x");
  remove_own_file(file, FolderLink::refuse);
  remove_temporaries(folder_ / "link", {"a"}, FolderLink::refuse);
  EXPECT_EQ(test::read_text(folder_ / "real" / "a"), "x");
  make_own_folder(folder_ / "real");
  make_own_folder(folder_ / "new");
  EXPECT_TRUE(fs::is_directory(folder_ / "new"));
}

TEST_F(PreparedFiles, ANewFileReplacesNothing) {
  for (const fs::path& target : {victim_, folder_ / "absent"}) {
    fs::create_symlink(target, file_);
    EXPECT_EQ(message_of<Error>([&] { write_new_file(file_, "x"); }),
              "cannot write " + file_.string() + ": File exists");
    EXPECT_TRUE(fs::is_symlink(file_));
    fs::remove(file_);
  }
  EXPECT_FALSE(fs::exists(folder_ / "absent"));
  const FileId id = write_new_file(file_, "x");
  EXPECT_EQ(file_id(file_), id);
  EXPECT_EQ(test::read_text(file_), "x");
}

TEST_F(PreparedFiles, ATemporarysNameCannotBeForetold) {
  std::set<std::string> names;
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(test::well_in_child([&] {  // ended by SIGXFSZ while it writes
      const rlimit small = {.rlim_cur = 1000, .rlim_max = 1000};
      setrlimit(RLIMIT_FSIZE, &small);
      write_file_atomically(file_, std::string(5000, 'x'));
      return true;
    }));
  }
  for (const auto& entry : fs::directory_iterator(folder_.path())) {
    const std::string name = entry.path().filename();
    if (std::regex_match(name, std::regex("file\\.tmp\\.[0-9a-f]{16}"))) names.insert(name);
  }
  EXPECT_EQ(names.size(), 2u);
  EXPECT_EQ(names.count("file.tmp.0000000000000000"), 0u);
}

TEST_F(PreparedFiles, OnlyOnesOwnTemporariesAreRemoved) {
  const auto name = [&](int n) { return folder_ / ("file.tmp." + std::string(15, '0') +
                                                   std::to_string(n)); };
  test::write_text(name(0), "ours");
  fs::create_symlink(victim_, name(1));
  fs::create_hard_link(victim_, name(2));
  fs::create_directory(name(3));
  ASSERT_EQ(::mkfifo(name(4).c_str(), 0600), 0);
  remove_temporaries(folder_.path(), {"file"});
  EXPECT_FALSE(fs::exists(name(0)));
  for (int n = 1; n < 5; ++n) EXPECT_TRUE(file_id(name(n)).has_value()) << n;
}

TEST_F(PreparedFiles, AFileThatBecameAnotherOneIsNotRemoved) {
  const FileId id = write_new_file(file_, "ours");
  fs::rename(file_, folder_ / "elsewhere");
  test::write_text(file_, "theirs");
  remove_own_file(file_, FolderLink::follow, id);
  EXPECT_EQ(test::read_text(file_), "theirs");
  remove_own_file(folder_ / "elsewhere", FolderLink::follow, id);
  EXPECT_FALSE(fs::exists(folder_ / "elsewhere"));
  fs::remove(file_);
  fs::create_symlink(victim_, file_);
  remove_own_file(file_, FolderLink::follow);
  EXPECT_TRUE(fs::is_symlink(file_));
}

}  // namespace
}  // namespace catdog
