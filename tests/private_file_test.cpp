// SPDX-License-Identifier: Apache-2.0
// A private file is used only if no other user can have written it; a truncated one is an error.
#include "catdog/core/private_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>

#include "test_support.hpp"

namespace catdog {
namespace {

using test::TempFolder;
using Missing = PrivateFolder::Missing;

PrivateFolder made_in(const TempFolder& folder) { return {folder / "private", Missing::is_made}; }

std::string read_all(const PrivateFile& file) {
  std::string bytes(file.size(), '\0');
  file.read(0, bytes);
  return bytes;
}

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0);
  return status.st_mode & 0777;
}

size_t files_in(const PrivateFolder& folder) {
  return static_cast<size_t>(std::distance(fs::directory_iterator(folder.path()), {}));
}

TEST(NewPrivateFile, IsSeenWhenItIsPublishedAndNotBefore) {
  const TempFolder temporary;
  const PrivateFolder folder = made_in(temporary);
  { NewPrivateFile(folder, "a", 6).publish(); }
  const PrivateFile former(folder, "a");
  {
    NewPrivateFile file(folder, "a", 6);
    file.write(3, "def");
    std::string bytes(6, 'x');
    file.read(0, bytes);
    EXPECT_EQ(bytes, std::string("\0\0\0def", 6));
    EXPECT_EQ(read_all(PrivateFile(folder, "a")), std::string(6, '\0'));
    remove_abandoned(folder, "a");  // of which this one is none
    file.write(0, "abc");
    file.publish();
    EXPECT_EQ(read_all(PrivateFile(folder, "a")), "abcdef");
  }
  EXPECT_EQ(read_all(PrivateFile(folder, "a")), "abcdef");
  EXPECT_EQ(read_all(former), std::string(6, '\0'));
  { const NewPrivateFile one(folder, "a", 1), another(folder, "a", 1); }
  EXPECT_EQ(files_in(folder), 1u);
  const std::string longest(255, 'n');
  { NewPrivateFile(folder, longest, 3).publish(); }
  EXPECT_EQ(files_in(folder), 2u);
}

TEST(NewPrivateFile, NoOtherUserMayReadItOrItsFolder) {
  const TempFolder temporary;
  const mode_t before = ::umask(0);
  const PrivateFolder folder = made_in(temporary);
  NewPrivateFile(folder, "a", 1).publish();
  ::umask(before);
  EXPECT_EQ(mode_of(folder.path()), 0700u);
  EXPECT_EQ(mode_of(folder.path() / "a"), 0600u);
}

TEST(NewPrivateFile, WhatAKilledProcessLeftIsRemoved) {
  const TempFolder temporary;
  const PrivateFolder folder = made_in(temporary);
  EXPECT_FALSE(test::well_in_child([&] {
    const NewPrivateFile file(folder, "a", 5);
    return std::raise(SIGKILL) == 0;
  }));
  write_file_atomically(folder.path() / "a.tmp", "the user's");
  ASSERT_EQ(files_in(folder), 2u);
  remove_abandoned(folder, "b");
  EXPECT_EQ(files_in(folder), 2u);
  remove_abandoned(folder, "a");
  ASSERT_EQ(files_in(folder), 1u);
  EXPECT_TRUE(fs::exists(folder.path() / "a.tmp"));
}

TEST(PrivateFile, ATruncatedFileIsAnError) {
  const TempFolder temporary;
  const PrivateFolder folder = made_in(temporary);
  NewPrivateFile(folder, "a", 10000).publish();
  const PrivateFile file(folder, "a");
  for (const uint64_t left : {9999, 5000, 0}) {
    fs::resize_file(folder.path() / "a", left);
    const std::string fault = test::message_of<Error>([&] { read_all(file); });
    EXPECT_NE(fault.find("a was truncated"), std::string::npos) << fault;
  }
}

TEST(PrivateFile, IsRefusedWhereOthersCanHaveWrittenIt) {
  const TempFolder temporary;
  const PrivateFolder folder = made_in(temporary);
  const fs::path path = folder.path() / "a", outside = temporary / "outside";
  const auto fault = [&] {
    return test::message_of<Error>([&] {
      const PrivateFolder again(folder.path(), Missing::is_error);
      const PrivateFile file(again, "a");
    });
  };
  const auto expect_fault = [&](const std::string& expected) {
    EXPECT_NE(fault().find(expected), std::string::npos) << fault();
  };
  expect_fault("No such file");
  NewPrivateFile(folder, "a", 3).publish();
  EXPECT_NO_THROW(made_in(temporary));
  for (const mode_t mode : {0620, 0602}) {
    ::chmod(path.c_str(), mode);
    expect_fault("can be written to by other users");
    ::chmod(path.c_str(), 0644);  // others may read
  }
  for (const mode_t mode : {0720, 0702, 01777}) {
    ::chmod(folder.path().c_str(), mode);
    expect_fault("can be written to by other users");
    ::chmod(folder.path().c_str(), 0755);
  }
  fs::create_hard_link(path, outside);
  expect_fault("a second hard link");
  fs::remove(path);
  fs::create_symlink(outside, path);
  expect_fault("is a symbolic link");
  fs::remove(path);
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  expect_fault("not a regular file");
  fs::remove(path);
  fs::create_directory(path);
  expect_fault("not a regular file");

  fs::rename(folder.path(), temporary / "elsewhere");
  expect_fault("No such file");
  fs::create_directory_symlink("elsewhere", folder.path());
  expect_fault("a symbolic link");
  EXPECT_NE(test::message_of<Error>([&] { made_in(temporary); }).find("a symbolic link"),
            std::string::npos);
}

TEST(PrivateFile, IsRefusedWhereAnotherUserOwnsItOrItsFolder) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files to another user";
  const TempFolder temporary;
  const PrivateFolder folder = made_in(temporary);
  NewPrivateFile(folder, "a", 3).publish();
  for (const fs::path& path : {folder.path() / "a", folder.path()}) {
    ASSERT_EQ(::chown(path.c_str(), 65534, 65534), 0);
    const std::string fault = test::message_of<Error>([&] {
      const PrivateFolder again(folder.path(), Missing::is_error);
      const PrivateFile file(again, "a");
    });
    EXPECT_NE(fault.find("belongs to another user (uid 65534)"), std::string::npos) << fault;
    ASSERT_EQ(::chown(path.c_str(), 0, 0), 0);
  }
}

}  // namespace
}  // namespace catdog
