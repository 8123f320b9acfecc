// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/files.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>

#include "catdog/core/error.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::TempFolder;

// FIPS 180-2, appendix B, and the empty message.
TEST(Sha256, GivesTheKnownAnswers) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Files, WhatIsWrittenIsRead) {
  const TempFolder folder;
  const std::string bytes("zero \0 and \xff", 12);
  write_file_atomically(folder / "a", bytes);
  EXPECT_EQ(read_file(folder / "a"), bytes);
  write_file_atomically(folder / "a", "shorter");
  EXPECT_EQ(read_file(folder / "a"), "shorter");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
}

TEST(Files, AFileMayHaveTheLongestNameThereIs) {
  const TempFolder folder;
  const std::string name = std::string(249, 'n') + ".jpeg", neighbour = "a" + name.substr(1);
  for (const std::string& long_name : {name, neighbour}) {
    write_file_atomically(folder / long_name, "old");
    write_file_atomically(folder / long_name, "new");
    EXPECT_EQ(read_file(folder / long_name), "new");
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 2);
}

TEST(Files, TheTemporaryOfAKilledProcessIsRemovedWhateverItsNamesLength) {
  const TempFolder folder;
  const rlimit small = {.rlim_cur = 1000, .rlim_max = 1000};
  for (const std::string& name : {std::string("a"), std::string(255, 'n')}) {
    EXPECT_FALSE(test::well_in_child([&] {  // ended by SIGXFSZ while it writes
      setrlimit(RLIMIT_FSIZE, &small);
      write_file_atomically(folder / name, std::string(5000, 'x'));
      return true;
    }));
    EXPECT_FALSE(fs::exists(folder / name));
    ASSERT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
    remove_temporaries(folder.path(), {"b", "nn"});
    ASSERT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
    remove_temporaries(folder.path(), {name});
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 0);
  }
}

TEST(Files, WhatIsAppendedStandsBehind) {
  const TempFolder folder;
  append_to_file(folder / "a", "one");
  append_to_file(folder / "a", "");
  append_to_file(folder / "a", std::string("\0two", 4));
  EXPECT_EQ(read_file(folder / "a"), std::string("one\0two", 7));
  EXPECT_EQ(test::message_of<Error>([&] { append_to_file(folder / "absent/a", "x"); }),
            "cannot write " + (folder / "absent/a").string() + ": No such file or directory");
}

TEST(Files, AFullDiskLeavesTheOldFile) {
  const TempFolder folder;
  write_file_atomically(folder / "a", "old");
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small = {.rlim_cur = 1000, .rlim_max = before.rlim_max};
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  EXPECT_THROW(write_file_atomically(folder / "a", std::string(5000, 'x')), Error);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_EQ(read_file(folder / "a"), "old");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
}

TEST(Files, AFullDiskIsToldFromANameThatIsTooLong) {
  const auto is_of_disk = [](const fs::path& path) {
    try {
      append_to_file(path, "x");
    } catch (const FileError& error) {
      return error.is_of_disk();
    }
    throw std::logic_error("no FileError");
  };
  EXPECT_TRUE(FileError("full", ENOSPC).is_of_disk());
  EXPECT_FALSE(is_of_disk(TempFolder() / std::string(300, 'x')));
  EXPECT_FALSE(is_of_disk("/absent/x"));
}

TEST(Files, ReadingRefusesWhatIsNoRegularFileAndWhatIsTooLarge) {
  const TempFolder folder;
  ASSERT_EQ(mkfifo((folder / "fifo").c_str(), 0600), 0);
  EXPECT_THROW(read_file(folder / "fifo"), Error);  // and does not wait for a writer
  EXPECT_THROW(read_file(folder.path()), Error);
  EXPECT_THROW(read_file(folder / "absent"), Error);
  write_file_atomically(folder / "a", "12345");
  EXPECT_THROW(read_file(folder / "a", 4), Error);
  EXPECT_EQ(read_file(folder / "a", 5), "12345");
}

TEST(NewFolder, RemovesWhatItMadeAndNothingElse) {
  const TempFolder folder;
  { const NewFolder made(folder / "x" / "y"); }
  EXPECT_FALSE(fs::exists(folder / "x"));
  {
    NewFolder made(folder / "x" / "y/");
    made.keep();
  }
  EXPECT_TRUE(fs::is_directory(folder / "x" / "y"));
  { const NewFolder existing(folder / "x"); }
  EXPECT_TRUE(fs::is_directory(folder / "x" / "y"));
  write_file_atomically(folder / "file", "1");
  EXPECT_THROW(NewFolder(folder / "file"), Error);
  EXPECT_THROW(NewFolder(folder / "new" / ("x" + std::string(300, 'x'))), Error);
  EXPECT_FALSE(fs::exists(folder / "new"));
  EXPECT_EQ(read_file(folder / "file"), "1");
}

TEST(NewFolder, LeavesWhatOthersPutThereOrInItsPlace) {
  const TempFolder folder;
  {
    const NewFolder made(folder / "x" / "y");
    write_file_atomically(folder / "x" / "y" / "theirs", "1");
  }
  EXPECT_EQ(read_file(folder / "x" / "y" / "theirs"), "1");
  {
    const NewFolder made(folder / "new");
    fs::rename(folder / "new", folder / "moved");
    fs::create_directory(folder / "new");
  }
  EXPECT_TRUE(fs::exists(folder / "new"));
  {
    const NewFolder made(folder / "linked");
    fs::remove(folder / "linked");
    fs::create_directory_symlink(folder / "new", folder / "linked");
  }
  EXPECT_TRUE(fs::exists(folder / "new"));
  EXPECT_TRUE(fs::is_symlink(folder / "linked"));
}

TEST(TemporaryFolder, IsGoneWithAllThatIsInItUnlessItIsAnotherOne) {
  fs::path path;
  {
    const TemporaryFolder folder("catdog-test");
    path = folder.path();
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
    write_file_atomically(path / "a", "1");
  }
  EXPECT_FALSE(fs::exists(path));
  const TempFolder place;
  {
    const TemporaryFolder folder("catdog-test");
    path = folder.path();
    fs::rename(path, place / "moved");
    test::write_text(path / "theirs", "1");
  }
  EXPECT_TRUE(fs::exists(path / "theirs"));
  fs::remove_all(path);
}

TEST(NaturalOrder, CountsAsPeopleDo) {
  EXPECT_TRUE(natural_less("cat.2.jpg", "cat.10.jpg"));
  EXPECT_FALSE(natural_less("cat.10.jpg", "cat.2.jpg"));
  EXPECT_TRUE(natural_less("cat.9", "dog.1"));
  EXPECT_TRUE(natural_less("a", "a1"));
  EXPECT_TRUE(natural_less("a01", "a1") !=
              natural_less("a1", "a01"));  // equal values: still strict
  EXPECT_FALSE(natural_less("a1", "a1"));
  EXPECT_TRUE(natural_less("1", "99999999999999999999999999"));
  EXPECT_TRUE(natural_less("99999999999999999999999998", "99999999999999999999999999"));
}

}  // namespace
}  // namespace catdog
