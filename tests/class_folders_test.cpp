// SPDX-License-Identifier: Apache-2.0
// Listing DIR/<class>/…: which files count, in which order, and what is said of a folder that
// cannot be used.
#include "catdog/pictures/class_folders.hpp"

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::message_of;
using test::TempFolder;
using test::write_text;

// "label path", the path relative to the folder.
std::vector<std::string> listed(const fs::path& folder) {
  std::vector<std::string> lines;
  for (const LabelledFile& entry : list_class_folders(folder).files) {
    lines.push_back(std::to_string(entry.label) + " " +
                    entry.file.lexically_relative(folder).string());
  }
  return lines;
}

TEST(ClassFolders, ListsByClassThenByName) {
  const TempFolder folder;
  for (const char* name : {"dogs/dog.1.jpg", "cats/cat.10.jpg", "cats/cat.2.jpg", "cats/cat.1.jpg",
                           "dogs/dog.0.PNG"}) {
    write_text(folder / name, "");
  }
  EXPECT_EQ(list_class_folders(folder.path()).classes, (std::vector<std::string>{"cats", "dogs"}));
  EXPECT_EQ(listed(folder.path()),
            (std::vector<std::string>{"0 cats/cat.1.jpg", "0 cats/cat.10.jpg", "0 cats/cat.2.jpg",
                                      "1 dogs/dog.0.PNG", "1 dogs/dog.1.jpg"}));
}

TEST(ClassFolders, SortsByteByByte) {
  const TempFolder folder;
  for (const char* name : {"b/x.jpg", "B/x.jpg", "a/é.jpg", "a/z.jpg", "a/Z.jpg"}) {
    write_text(folder / name, "");
  }
  EXPECT_EQ(listed(folder.path()), (std::vector<std::string>{"0 B/x.jpg", "1 a/Z.jpg", "1 a/z.jpg",
                                                             "1 a/é.jpg", "2 b/x.jpg"}));
}

TEST(ClassFolders, TakesPicturesAtAnyDepthAndNothingElse) {
  const TempFolder folder;
  for (const char* name :
       {"a/1/2/x.jpg", "a/0.jpg", "a/Thumbs.db", "a/.hidden.jpg", "a/.git/x.jpg", "b/x.jpg",
        "b/x.jpg.txt", "b/folder.jpg/inside.jpg", ".cache/x.jpg", "README.md", "loose.jpg"}) {
    write_text(folder / name, "");
  }
  EXPECT_EQ(listed(folder.path()),
            (std::vector<std::string>{"0 a/0.jpg", "0 a/1/2/x.jpg", "1 b/folder.jpg/inside.jpg",
                                      "1 b/x.jpg"}));
}

TEST(ClassFolders, FollowsLinksWithoutLoops) {
  const TempFolder folder, elsewhere;
  write_text(elsewhere / "real.jpg", "");
  write_text(elsewhere / "dogs/dog.jpg", "");
  fs::create_directories(folder / "cats");
  fs::create_symlink(elsewhere / "real.jpg", folder / "cats/linked.jpg");
  fs::create_symlink("missing.jpg", folder / "cats/broken.jpg");
  fs::create_symlink("..", folder / "cats/loop");
  fs::create_symlink("..", folder / "cats/loop.jpg");
  fs::create_symlink(elsewhere / "dogs", folder / "dogs");
  EXPECT_EQ(listed(folder.path()),
            (std::vector<std::string>{"0 cats/broken.jpg", "0 cats/linked.jpg", "1 dogs/dog.jpg"}));
}

TEST(ClassFolders, BearsOddNames) {
  const TempFolder folder;
  write_text(folder / "a\nb/x\xFFy.jpg", "");
  write_text(folder / "\xC3/0.jpg", "");
  const ClassFolders listing = list_class_folders(folder.path());
  EXPECT_EQ(listing.classes, (std::vector<std::string>{"a\nb", "\xC3"}));
  EXPECT_EQ(listing.files[0].file, folder / "a\nb/x\xFFy.jpg");
}

TEST(ClassFolders, SaysWhatIsMissing) {
  const TempFolder folder;
  const auto fault = [&](const char* name) {
    return message_of<DataError>([&] { list_class_folders(folder / name); });
  };
  const std::string path = folder.path().string();
  EXPECT_EQ(fault("none"), "cannot read the folder " + path + "/none: No such file or directory");
  write_text(folder / "file", "");
  EXPECT_EQ(fault("file"), "cannot read the folder " + path + "/file: Not a directory");
  fs::create_directory(folder / "empty");
  EXPECT_EQ(fault("empty"), path +
                                "/empty: needs one folder of images a class, at least two of "
                                "them (it has none); `catdog split` makes such folders");
  write_text(folder / "single/cats/x.jpg", "");
  EXPECT_NE(fault("single").find("(it has one)"), std::string::npos);
  write_text(folder / "hollow/cats/x.jpg", "");
  write_text(folder / "hollow/dogs/README", "");
  EXPECT_EQ(fault("hollow"), path +
                                 "/hollow/dogs: the class folder holds no image (skipped 1 "
                                 "file: 1 not images); add some or remove the folder");
}

}  // namespace
}  // namespace catdog
