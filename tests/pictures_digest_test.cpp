// SPDX-License-Identifier: Apache-2.0
// The digest of a folder follows its pictures' bytes and names, and nothing else.
#include "catdog/data/pictures_digest.hpp"

#include <gtest/gtest.h>

#include "test_support.hpp"

namespace catdog {
namespace {

std::string digest(const fs::path& dir) {
  const ImageFolder pictures(dir, DataOptions(), std::make_shared<ByteBudget>(0));
  return pictures_digest(pictures, picture_digests(pictures), dir);
}

TEST(PicturesDigest, FollowsBytesAndNamesAlone) {
  const test::TempFolder folder;
  const fs::path dir = folder / "a";
  for (const char* name : {"cats/1.png", "cats/2.png", "dogs/3.png"}) {
    test::write_picture(dir / name, static_cast<unsigned>(name[5]));
  }
  const std::string before = digest(dir);
  EXPECT_EQ(before.size(), 64u);

  const auto after = [&](auto change) {
    const fs::path copy = folder / "b";
    fs::remove_all(copy);
    fs::copy(dir, copy, fs::copy_options::recursive);
    change(copy);
    return digest(copy);
  };
  EXPECT_EQ(after([](const fs::path&) {}), before);  // it lies elsewhere, and has other times
  EXPECT_EQ(after([](const fs::path& d) { test::write_text(d / "cats/notes.txt", "x"); }), before);

  EXPECT_NE(after([](const fs::path& d) { test::write_picture(d / "cats/1.png", 9); }), before);
  EXPECT_NE(after([](const fs::path& d) { test::write_picture(d / "dogs/4.png"); }), before);
  EXPECT_NE(after([](const fs::path& d) { fs::remove(d / "cats/2.png"); }), before);
  EXPECT_NE(after([](const fs::path& d) { fs::rename(d / "cats/2.png", d / "dogs/2.png"); }),
            before);
  EXPECT_NE(after([](const fs::path& d) {
              fs::rename(d / "cats/1.png", d / "x.png");
              fs::rename(d / "cats/2.png", d / "cats/1.png");
              fs::rename(d / "x.png", d / "cats/2.png");
            }),
            before);
}

}  // namespace
}  // namespace catdog
