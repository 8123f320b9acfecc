// SPDX-License-Identifier: Apache-2.0
// catdog split with more classes than the book's two: every class by itself, all alike.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/pictures/class_folders.hpp"
#include "catdog/pictures/split.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::message_of;
using test::read_text;
using test::snapshot;
using test::TempFolder;
using test::write_picture;
using Names = std::vector<std::string>;

const Names kFive = {"ant", "bee", "cat", "dog", "eel"};

class SplitClasses : public ::testing::Test {
 protected:
  SplitClasses() {
    options.source = temp / "source";
    options.destination = temp / "split";
    options.counts = {3, 2, 1};
  }
  // `count` pictures of each class; no two are alike.
  void make(const Names& classes, int count, const std::string& between) {
    unsigned seed = 0;
    for (const std::string& name : classes) {
      for (int i = 0; i < count; ++i) {
        write_picture(options.source / (name + between + std::to_string(i) + ".jpg"), ++seed);
      }
    }
  }
  nlohmann::json record() const {
    return nlohmann::json::parse(read_text(options.destination / "split.json"));
  }
  // The pictures in split.json by subset and class, as "train/cats".
  std::map<std::string, int> recorded() const {
    const nlohmann::json whole = record();
    std::map<std::string, int> numbers;
    for (const auto& picture : whole["pictures"]) {
      ++numbers[fs::path(picture["name"].get<std::string>()).parent_path().string()];
    }
    return numbers;
  }

  TempFolder temp;
  SplitOptions options;
};

TEST_F(SplitClasses, EachClassFillsEachSubset) {
  for (const char* between : {".", "/"}) {  // ant.0.jpg, then ant/0.jpg
    SCOPED_TRACE(between);
    fs::remove_all(options.source);
    options.force = true;
    make(kFive, 7, between);
    const SplitResult result = split_pictures(options);
    EXPECT_EQ(result.classes, kFive);
    EXPECT_EQ(result.class_counts, (std::vector<std::array<int64_t, 3>>(5, {3, 2, 1})));
    EXPECT_EQ(record()["classes"], nlohmann::json(kFive));
    std::map<std::string, int> expected;
    for (const std::string& name : kFive) {
      expected["train/" + name] = 3;
      expected["validation/" + name] = 2;
      expected["test/" + name] = 1;
    }
    EXPECT_EQ(recorded(), expected);
    for (const char* subset : kSubsets) {
      EXPECT_EQ(list_class_folders(options.destination / subset).classes, kFive);
    }
  }
}

TEST_F(SplitClasses, OnlyTheBooksFlatFolderIsRenamed) {
  make({"cat", "dog", "rabbit"}, 6, ".");
  const SplitResult three = split_pictures(options);
  EXPECT_EQ(three.classes, (Names{"cat", "dog", "rabbit"}));
  EXPECT_EQ(three.layout, options.source.string() +
                              ": flat folder, classes cat, dog and rabbit from the file names");
  fs::remove_all(options.source);
  options.force = true;
  make({"cat", "dog"}, 6, ".");
  const SplitResult two = split_pictures(options);
  EXPECT_EQ(two.classes, (Names{"cats", "dogs"}));
  EXPECT_NE(two.layout.find("cat and dog from the file names, called cats and dogs as in the book"),
            std::string::npos);
}

TEST_F(SplitClasses, AFurtherClassChangesNoOthersPictures) {
  make({"ant", "bee"}, 9, "/");
  options.shuffle = true;
  options.seed = 5;
  split_pictures(options);
  const auto before = snapshot(options.destination / "train");
  write_picture(options.source / "eel/0.jpg", 99);
  options.fractions = {1, 0, 0};
  options.counts = {};
  options.destination = temp / "more";
  const SplitResult more = split_pictures(options);
  EXPECT_EQ(more.class_counts,
            (std::vector<std::array<int64_t, 3>>{{9, 0, 0}, {9, 0, 0}, {1, 0, 0}}));
  const auto after = snapshot(options.destination / "train");
  for (const auto& [name, what] : before) EXPECT_EQ(after.at(name), what) << name;
}

TEST_F(SplitClasses, ShuffleOrdersEachClassByItself) {
  make(kFive, 6, "/");
  options.shuffle = true;
  split_pictures(options);
  const nlohmann::json whole = record();
  std::set<Names> orders;  // the places of each class's pictures
  for (const std::string& name : kFive) {
    Names order;
    for (const auto& picture : whole["pictures"]) {
      const fs::path path = picture["name"].get<std::string>();
      if (path.parent_path().filename() == name) order.push_back(path.filename().string());
    }
    EXPECT_EQ(order.size(), 6u);
    orders.insert(order);
  }
  EXPECT_GT(orders.size(), 1u);
}

TEST_F(SplitClasses, AllThatAreTooSmallAreNamedAtOnce) {
  make({"ant", "bee", "cat"}, 6, "/");
  make({"dog", "eel"}, 2, "/");
  EXPECT_EQ(message_of<DataError>([&] { split_pictures(options); }),
            "class dog: needs 6 pictures (3 train + 2 validation + 1 test), " +
                options.source.string() +
                " has 2; class eel: needs 6 pictures (3 train + 2 validation + 1 test), " +
                options.source.string() + " has 2");
  EXPECT_FALSE(fs::exists(options.destination));
}

TEST_F(SplitClasses, EqualPicturesInDifferentClassesAndSubsetsAreTold) {
  make({"ant", "bee", "eel"}, 6, "/");
  fs::copy_file(options.source / "ant/0.jpg", options.source / "eel/5.jpg",
                fs::copy_options::overwrite_existing);
  const SplitResult result = split_pictures(options);
  ASSERT_EQ(result.shared.size(), 1u);
  EXPECT_EQ(result.shared[0].files, (Names{"train/ant/0.jpg", "test/eel/5.jpg"}));
  EXPECT_EQ(record()["duplicates"][0]["files"],
            nlohmann::json({"train/ant/0.jpg", "test/eel/5.jpg"}));
}

}  // namespace
}  // namespace catdog
