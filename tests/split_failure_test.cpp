// SPDX-License-Identifier: Apache-2.0
// catdog split where it fails: each failure by its text, and the destination always as it was.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <limits>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/pictures/split.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::make_flat;
using test::message_of;
using test::snapshot;
using test::TempFolder;
using test::write_picture;
using test::write_text;

class SplitFailure : public ::testing::Test {
 protected:
  SplitFailure() {
    options.source = temp / "source";
    options.destination = temp / "made" / "split";
    options.counts = {5, 3, 2};
  }

  // The text of the failure, "$" for the temporary folder. Nothing on the disk may have changed.
  template <typename Expected>
  std::string fault() const {
    const auto before = snapshot(temp.path());
    std::string text = message_of<Expected>([&] { split_pictures(options); });
    EXPECT_TRUE(snapshot(temp.path()) == before);
    EXPECT_EQ(text.find('\n'), std::string::npos);
    const std::string path = temp.path().string();
    for (size_t at = text.find(path); at != std::string::npos; at = text.find(path)) {
      text.replace(at, path.size(), "$");
    }
    return text;
  }

  TempFolder temp;
  SplitOptions options;
};

TEST_F(SplitFailure, OptionsWithoutSense) {
  make_flat(options.source, 10);
  options.counts = {0, 3, 2};
  EXPECT_EQ(fault<ConfigError>(), "split: --train must be at least 1");
  options.counts = {1, -1, 2};
  EXPECT_EQ(fault<ConfigError>(), "split: a number of images is out of range");
  options.fractions = {.5, .5};
  EXPECT_EQ(fault<ConfigError>(), "split: needs three fractions, for train, validation, test");
  options.fractions = {.5, .5, .1};
  EXPECT_EQ(fault<ConfigError>(), "split: the fractions must not add up to more than 1");
  options.fractions = {.5, .5, std::numeric_limits<double>::quiet_NaN()};
  EXPECT_EQ(fault<ConfigError>(), "split: a fraction must lie in [0, 1]");
  options.fractions = {0, .5, .5};
  EXPECT_EQ(fault<ConfigError>(), "split: the fraction for train must be above 0");
}

TEST_F(SplitFailure, NoSource) {
  EXPECT_EQ(fault<DataError>(), "cannot read the folder $/source: No such file or directory");
  write_text(options.source, "a file");
  EXPECT_EQ(fault<DataError>(), "cannot read the folder $/source: Not a directory");
}

TEST_F(SplitFailure, NoLabelledPictures) {
  const std::string needs =
      "; needs one folder a class, at least two (cats/1.jpg, dogs/1.jpg), or names such as "
      "cat.0.jpg and dog.0.jpg";
  write_text(options.source / "cat.0.txt", "");
  write_text(options.source / "cat.0.heic", "");
  EXPECT_EQ(fault<DataError>(),
            "$/source: holds no images (skipped 2 files: 1 .heic, 1 not images)" + needs);
  write_picture(options.source / "1.jpg");
  EXPECT_EQ(fault<DataError>(), "$/source: holds images whose names tell no class, as 1.jpg" + needs);
  fs::remove(options.source / "1.jpg");
  write_picture(options.source / "cat.0.jpg");
  EXPECT_EQ(fault<DataError>(), "$/source: holds images of one class, cat" + needs);
  write_picture(options.source / "dogs/0.jpg");
  EXPECT_EQ(fault<DataError>(),
            "$/source: holds images beside one folder with images, dogs" + needs);
}

TEST_F(SplitFailure, UnclearLayouts) {
  make_flat(options.source, 10);
  write_picture(options.source / "stray.jpg");
  EXPECT_EQ(fault<DataError>(),
            "$/source/stray.jpg: no class in its name, unlike cat.0.jpg; rename it, move it "
            "elsewhere, or make one folder a class");
  // Names with digits tell no class: a clock's, a patient's and his slice's, a messenger's.
  for (const char* name : {"12.30", "4850.1", "IMG_1.2", "WhatsApp Image 2026-05-01 at 12.0"}) {
    options.source = temp / name;
    write_picture(options.source / (std::string(name) + ".jpg"));
    write_picture(options.source / "cat.0.jpg");
    write_picture(options.source / "dog.0.jpg");
    EXPECT_NE(fault<DataError>().find("no class in its name, unlike cat.0.jpg"), std::string::npos)
        << name;
  }
}

TEST_F(SplitFailure, TooFewPictures) {
  make_flat(options.source, 7);
  write_picture(options.source / "emu.0.jpg");
  options.counts = {1000, 500, 500};
  const std::string needs =
      "needs 2000 pictures (1000 train + 500 validation + 500 test), $/source ";
  EXPECT_EQ(fault<DataError>(), "class cat: " + needs + "has 7; class dog: " + needs +
                                    "has 7; class emu: " + needs + "has 1");
  options.fractions = {.5, .25, .25};
  EXPECT_EQ(fault<DataError>(), "class emu: needs 3 images at least, one for each subset with a fraction "
            "above 0, $/source has 1");
}

TEST_F(SplitFailure, TooFewReadablePictures) {
  make_flat(options.source, 10);
  write_text(options.source / "dog.9.jpg", "");
  options.skip_bad = true;
  EXPECT_EQ(fault<DataError>(),
            "class dogs: needs 10 pictures (5 train + 3 validation + 2 test), $/source has 9 and 1 "
            "unreadable");
}

TEST_F(SplitFailure, UnreadablePicturesAreAllNamed) {
  make_flat(options.source, 10);
  const std::string whole = test::read_text(options.source / "dog.3.jpg");
  write_text(options.source / "dog.3.jpg", whole.substr(0, whole.size() / 2));
  EXPECT_EQ(fault<DataError>(),
            "1 unreadable picture: dog.3.jpg: truncated or damaged JPEG (Premature end of JPEG "
            "file); remove or mend them, or take the next ones with --skip-bad");
  write_text(options.source / "cat.10.jpg", "not needed");
  write_text(options.source / "cat.2.jpg", "");
  fs::remove(options.source / "cat.4.jpg");
  ASSERT_EQ(::mkfifo((options.source / "cat.4.jpg").c_str(), 0600), 0);
  const std::string text = fault<DataError>();
  EXPECT_TRUE(
      text.starts_with("3 unreadable pictures: cat.2.jpg: the file is empty; cat.4.jpg: not "
                       "a regular file; dog.3.jpg: truncated"))
      << text;
}

TEST_F(SplitFailure, NamesTwentyOfManyUnreadablePictures) {
  make_flat(options.source, 20);
  for (int i = 0; i < 20; ++i) {
    write_text(options.source / ("cat." + std::to_string(i) + ".jpg"), "");
    if (i < 3) write_text(options.source / ("dog." + std::to_string(i) + ".jpg"), "");
  }
  options.counts = {20, 0, 0};
  const std::string text = fault<DataError>();
  EXPECT_TRUE(text.starts_with("23 unreadable pictures: cat.0.jpg"));
  EXPECT_NE(text.find("cat.19.jpg: the file is empty; and 3 more; remove"), std::string::npos);
}

TEST_F(SplitFailure, DestinationInUse) {
  make_flat(options.source, 10);
  write_text(options.destination / "notes.txt", "mine");
  EXPECT_EQ(fault<ConfigError>(),
            "$/made/split is not empty; choose another folder, or replace its "
            "split with --force");
  const int other = ::open(options.destination.c_str(), O_RDONLY | O_DIRECTORY);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);
  EXPECT_EQ(fault<Error>(),
            "$/made/split: another catdog split is writing there; wait until it is done");
  ::close(other);
  options.destination /= "notes.txt";
  EXPECT_EQ(fault<Error>(), "cannot make the folder $/made/split/notes.txt: Not a directory");
}

TEST_F(SplitFailure, SourceAndDestinationOverlap) {
  make_flat(options.source / "train", 10);
  options.force = true;
  for (const char* inner : {"", "train", "new/small", "../source/"}) {
    options.destination = options.source / inner;
    EXPECT_NE(fault<ConfigError>().find("lies in the source"), std::string::npos) << inner;
  }
  options.destination = temp / "source";
  options.source = temp / "source" / "train";
  EXPECT_EQ(fault<ConfigError>(),
            "$/source/train/cat.0.jpg lies in the split that would be replaced "
            "in $/source; choose another destination");
  make_flat(temp / "linked", 9);  // links into the split that they would replace
  for (const char* name : {"cat.9.jpg", "dog.9.jpg"}) {
    fs::create_symlink(temp / "source/train" / name, temp / "linked" / name);
  }
  options.source = temp / "linked";
  EXPECT_TRUE(fault<ConfigError>().starts_with("$/linked/cat.9.jpg lies in the split"));
}

TEST_F(SplitFailure, HardLinksToAnotherFileSystem) {
  make_flat(options.source, 10);
  struct stat here {
  }, there{};
  if (::stat("/dev/shm", &there) != 0 || ::access("/dev/shm", W_OK) != 0 ||
      ::stat(temp.path().c_str(), &here) != 0 || here.st_dev == there.st_dev) {
    GTEST_SKIP() << "needs a second file system at /dev/shm";
  }
  options.destination = "/dev/shm/catdog-test." + std::to_string(::getpid());
  options.placement = Placement::hardlink;
  const std::string text = fault<Error>();
  EXPECT_TRUE(text.ends_with("they are on different file systems; use --copy or --symlink"));
  EXPECT_FALSE(fs::exists(options.destination));
}

}  // namespace
}  // namespace catdog
