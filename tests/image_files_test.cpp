// SPDX-License-Identifier: Apache-2.0
// Which files below a folder are images, what is said of the others, and the names of subsets.
#include "catdog/pictures/image_files.hpp"

#include <map>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/pictures/subsets.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::message_of;
using test::read_text;
using test::TempFolder;
using test::write_picture;
using test::write_text;
using Paths = std::vector<std::string>;

Paths images(const TempFolder& folder) {
  Paths names;
  for (const fs::path& file : images_below(folder.path()).images) {
    names.push_back(file.lexically_relative(folder.path()).string());
  }
  return names;
}

std::map<std::string, std::string> reasons(const TempFolder& folder) {
  std::map<std::string, std::string> all;
  for (const SkippedFile& file : images_below(folder.path()).skipped) {
    all[file.path.lexically_relative(folder.path()).string()] = file.reason;
  }
  return all;
}

TEST(ImageFiles, TakesEveryEndingOfTheFormatsThatAreRead) {
  const TempFolder folder;
  Paths expected;
  for (const char* ending : {"JPE", "JPEG", "JPG", "Jfif", "bmp", "dib", "jif", "pbm", "pgm", "pjp",
                             "pjpeg", "png", "pnm", "ppm", "tif", "tiff", "webp"}) {
    expected.push_back(std::string("a.") + ending);
    write_text(folder / expected.back(), "");  // reading it will say what is wrong
  }
  EXPECT_EQ(images(folder), expected);
}

TEST(ImageFiles, ContentDecidesForOtherImageEndingsAndForNone) {
  const TempFolder folder;
  write_picture(folder / "0.jpg");
  const std::string jpeg = read_text(folder / "0.jpg");
  for (const char* name : {"a.gif", "b.heic", "c.MPO", "no-ending", "d.jpg_large", "e.bin"}) {
    write_text(folder / name, jpeg);
  }
  for (const char* name : {"f.heic", "g.HEIC", "h.avif", "README", "i.txt"}) {
    write_text(folder / name, "something else");
  }
  write_text(folder / "j.nef", std::string("II*\0", 4) + "raw");
  EXPECT_EQ(images(folder), (Paths{"0.jpg", "a.gif", "b.heic", "c.MPO", "no-ending"}));
  const auto said = reasons(folder);
  EXPECT_EQ(said.at("d.jpg_large"),
            "holds a JPEG, but its name does not end like an image; rename it");
  EXPECT_EQ(said.at("f.heic"), ".heic files are not read; convert it to JPEG or PNG");
  EXPECT_EQ(said.at("j.nef"), ".nef files are not read; convert it to JPEG or PNG");
  EXPECT_EQ(said.at("README"), "not an image");
  EXPECT_EQ(skipped_summary(images_below(folder.path()).skipped),
            "skipped 8 files: 1 .avif, 2 .heic, 1 .nef, 2 images under other endings, 2 not images");
  EXPECT_EQ(skipped_summary({}), "");
}

TEST(ImageFiles, IgnoresSystemFilesAndReportsHiddenImages) {
  const TempFolder folder;
  write_picture(folder / ".hidden.jpg");
  write_text(folder / "._0.jpg", "Mac OS X");
  write_text(folder / ".DS_Store", "");
  write_picture(folder / ".ipynb_checkpoints/0.jpg");
  EXPECT_EQ(images(folder), Paths{});
  EXPECT_EQ(reasons(folder), (std::map<std::string, std::string>{
                                 {".hidden.jpg", "its name begins with a dot"}}));
}

TEST(ImageFiles, FollowsLinksToFoldersOnce) {
  const TempFolder folder, elsewhere;
  write_text(elsewhere / "x.jpg", "");
  fs::create_directory_symlink(elsewhere.path(), folder / "linked");
  fs::create_directory_symlink(elsewhere.path(), folder / "linked-again");
  write_text(folder / "z/1.jpg", "");
  fs::create_directory_symlink("z", folder / "a-link-before-its-folder");
  fs::create_directory_symlink("..", folder / "z/up");
  fs::create_directory_symlink(".", folder / "z/self");
  fs::create_directory_symlink("/", folder / "z/root");
  EXPECT_EQ(images(folder), (Paths{"linked/x.jpg", "z/1.jpg"}));
  EXPECT_EQ(skipped_summary(images_below(folder.path()).skipped),
            "skipped 5 files: 5 links to folders that are listed already");
}

TEST(ImageFiles, AFolderThatCannotBeReadIsAFault) {
  const ImageFiles found = images_below("/nonexistent/folder");
  ASSERT_EQ(found.skipped.size(), 1u);
  EXPECT_TRUE(found.skipped[0].is_fault);
  EXPECT_EQ(message_of<DataError>([&] { require_readable(found.skipped); }),
            "cannot read the folder /nonexistent/folder: No such file or directory");
}

TEST(Subsets, AreFoundUnderTheirOtherNames) {
  EXPECT_EQ(subset_of_name("Valid"), 1u);
  EXPECT_EQ(subset_of_name("training"), 0u);
  EXPECT_EQ(subset_of_name("tests"), std::nullopt);
  const TempFolder folder;
  for (const char* name : {"Train", "val"}) fs::create_directory(folder / name);
  EXPECT_EQ(subset_folder(folder.path(), "train"), folder / "Train");
  for (const char* name : {"validation", "valid", "val"}) {
    EXPECT_EQ(subset_folder(folder.path(), name), folder / "val");
  }
  EXPECT_EQ(subset_folder(folder.path(), "test"), folder / "test");  // there is none
  EXPECT_EQ(subset_folder(folder.path(), "holdout"), folder / "holdout");
  fs::create_directory(folder / "validation");
  EXPECT_EQ(message_of<DataError>([&] { subset_folder(folder.path(), "val"); }),
            folder.path().string() + ": holds val and validation, which are names of one subset "
                                     "(validation); keep one of them");
}

}  // namespace
}  // namespace catdog
