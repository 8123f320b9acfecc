// SPDX-License-Identifier: Apache-2.0
// catdog split in folders as people have them: nested classes, names that look like labels, folders
// that are split already, and classes with few images.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/pictures/split.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::message_of;
using test::read_text;
using test::snapshot;
using test::TempFolder;
using test::write_picture;
using test::write_text;
using ClassNames = std::vector<std::string>;

class SplitLayout : public ::testing::Test {
 protected:
  SplitLayout() {
    options.source = temp / "source";
    options.destination = temp / "split";
    options.fractions = {.5, .25, .25};
  }
  void make(std::initializer_list<const char*> names) {
    for (const char* name : names) write_picture(options.source / name, ++seed_);
  }
  void make(const std::string& folder, int count) {
    for (int i = 0; i < count; ++i) {
      write_picture(options.source / folder / (std::to_string(i) + ".jpg"), ++seed_);
    }
  }
  // The source files that the split took, sorted.
  ClassNames taken() const {
    const auto record = nlohmann::json::parse(read_text(options.destination / "split.json"));
    ClassNames names;
    for (const auto& image : record["pictures"]) names.push_back(image["source"]);
    std::sort(names.begin(), names.end());
    return names;
  }
  std::string fault() const {
    return message_of<DataError>([&] { split_pictures(options); });
  }

  TempFolder temp;
  SplitOptions options;

 private:
  unsigned seed_ = 0;
};

TEST_F(SplitLayout, TakesAClassAtAnyDepth) {
  make({"bird/0.jpg", "bird/1.jpg", "bird/2.jpg", "bird/3.jpg", "horse/in/0.jpg", "horse/in/1.jpg",
        "horse/out/0.jpg", "horse/out/deeper/1.jpg", "fish/0.jpg", "fish/1.jpg", "fish/more/0.jpg",
        "fish/more/1.jpg"});
  const SplitResult result = split_pictures(options);
  EXPECT_EQ(result.classes, (ClassNames{"bird", "fish", "horse"}));
  EXPECT_EQ(result.layout, options.source.string() +
                               ": classes bird, fish and horse from the folders");
  EXPECT_EQ(taken().size(), 12u);
  // Files of one name stay apart.
  const auto files = snapshot(options.destination);
  EXPECT_EQ(std::count_if(files.begin(), files.end(),
                          [](const auto& file) { return file.first.ends_with(".jpg"); }),
            12);
}

TEST_F(SplitLayout, FoldersAreTheClassesWhateverTheFilesAreCalled) {
  make({"open/12.30.jpg", "open/12.45.jpg", "open/13.05.jpg", "open/13.50.jpg", "shut/1.jpg",
        "shut/2.jpg", "shut/3.jpg", "shut/cat.4.jpg"});
  make({"dog.1.jpg"});  // beside them
  const SplitResult result = split_pictures(options);
  EXPECT_EQ(result.classes, (ClassNames{"open", "shut"}));
  EXPECT_EQ(result.class_counts, (std::vector<std::array<int64_t, 3>>(2, {2, 1, 1})));
  ASSERT_EQ(result.not_taken.size(), 1u);
  EXPECT_EQ(result.not_taken[0].path, options.source / "dog.1.jpg");
  EXPECT_EQ(skipped_summary(result.not_taken),
            "skipped 1 file: 1 images beside the class folders");
}

TEST_F(SplitLayout, ReportsWhatItDidNotTake) {
  make("a", 4);
  make("b", 4);
  write_text(options.source / "a/x.heic", "");
  write_text(options.source / "notes/readme.txt", "");
  const SplitResult result = split_pictures(options);
  EXPECT_EQ(skipped_summary(result.not_taken), "skipped 2 files: 1 .heic, 1 not images");
  const auto record = nlohmann::json::parse(read_text(options.destination / "split.json"));
  EXPECT_EQ(record["not_taken"][0]["source"], "a/x.heic");
}

TEST_F(SplitLayout, NoClassVanishesBecauseOfItsFormat) {
  make("a", 4);
  make("b", 4);
  for (const char* name : {"0.heic", "1.HEIC", "notes.txt"}) {
    write_text(options.source / "c" / name, "");
  }
  EXPECT_EQ(fault(), (options.source / "c").string() +
                         ": holds images, but none that is read (skipped 3 files: 2 .heic, 1 not "
                         "images); convert them to JPEG or PNG, or move the folder elsewhere");
  fs::rename(options.source / "c", temp / "c");  // as it says
  EXPECT_EQ(split_pictures(options).classes, (ClassNames{"a", "b"}));
}

TEST_F(SplitLayout, SubsetsThatCannotBeTrainedOnAreOnlyToBeMerged) {
  for (const char* subset : {"train", "test"}) {
    make("data/" + std::string(subset) + "/ant", 3);
    make("data/" + std::string(subset) + "/bee", 3);
  }
  EXPECT_EQ(fault(), (options.source / "data").string() +
                         ": is split already, into test and train; put its subsets together and "
                         "split anew with --merge");
  options.merge = true;  // as it says
  EXPECT_EQ(split_pictures(options).classes, (ClassNames{"ant", "bee"}));
}

TEST_F(SplitLayout, SubsetsWithoutClassFoldersAreRefused) {
  make({"data/train/ant.0.jpg", "data/train/ant.1.jpg", "data/train/ant.2.jpg",
        "data/train/bee.0.jpg", "data/train/bee.1.jpg", "data/train/bee.2.jpg",
        "data/test/ant.3.jpg", "data/test/bee.3.jpg"});
  const fs::path train = options.source / "data/train";
  for (const bool merge : {false, true}) {
    options.merge = merge;
    EXPECT_EQ(fault(), train.string() +
                           ": its file names tell the classes ant and bee, but other folders with "
                           "images lie beside it; give " +
                           train.string() + " as the source");
  }
  make({"data/train/bee.jpg"});
  EXPECT_TRUE(fault().starts_with(options.source.string() + ": its subsets hold no class folders; "))
      << fault();
  fs::remove(train / "bee.jpg");
  options.merge = false;
  options.source = train;  // as it says
  EXPECT_EQ(split_pictures(options).classes, (ClassNames{"ant", "bee"}));
}

TEST_F(SplitLayout, RefusesAFolderThatIsSplitAlready) {
  make("data/Train/ant", 3);
  make("data/Train/bee", 3);
  make("data/val/ant", 2);
  make("data/val/bee", 2);
  const std::string path = (options.source / "data").string();
  EXPECT_EQ(fault(), path + ": is split already, into Train and val; train on it as it is with "
                            "--data, or put its subsets together and split anew with --merge");
  options.merge = true;  // as it says
  const SplitResult result = split_pictures(options);
  EXPECT_EQ(result.classes, (ClassNames{"ant", "bee"}));
  EXPECT_EQ(taken().size(), 10u);
  EXPECT_TRUE(fs::exists(options.destination / "train/ant/Train/0.jpg"));  // 0.jpg is in both
  EXPECT_TRUE(fs::exists(options.destination / "train/ant/2.jpg") ||
              fs::exists(options.destination / "test/ant/2.jpg") ||
              fs::exists(options.destination / "validation/ant/2.jpg"));
}

TEST_F(SplitLayout, MergesNothingThatIsNotSplit) {
  make("a", 4);
  make("b", 4);
  options.merge = true;
  EXPECT_NE(fault().find("is not split into train, validation or test"), std::string::npos);
}

TEST_F(SplitLayout, FractionsFillEverySubsetAndUseEveryImage) {
  const std::vector<std::vector<double>> cases = {
      {.8, .1, .1}, {.7, .15, .15}, {.5, .25, .25}, {1. / 3, 1. / 3, 1. / 3}, {.98, .01, .01},
      {.9, 0, .1},  {.5, .5, 0}};
  options.force = true;
  make("many", 40);
  make("rare", 3);
  for (int rare = 3; rare <= 12; ++rare) {
    for (const auto& fractions : cases) {
      options.fractions = fractions;
      const SplitResult result = split_pictures(options);
      EXPECT_EQ(result.unused, (std::vector<int64_t>{0, 0}));
      for (const auto& counts : result.class_counts) {
        for (size_t i = 0; i < 3; ++i) EXPECT_EQ(counts[i] > 0, fractions[i] > 0);
      }
      EXPECT_EQ(result.class_counts[1][0] + result.class_counts[1][1] + result.class_counts[1][2],
                rare);
    }
    write_picture(options.source / "rare" / (std::to_string(rare) + ".jpg"),
                  1000 + static_cast<unsigned>(rare));
  }
  options.fractions = {.8, .1, .1};
  for (int i = 5; i <= 12; ++i) fs::remove(options.source / "rare" / (std::to_string(i) + ".jpg"));
  EXPECT_EQ(split_pictures(options).class_counts[1], (std::array<int64_t, 3>{3, 1, 1}));
}

TEST_F(SplitLayout, CountsWhatNoSubsetTakes) {
  make("a", 9);
  make("b", 7);
  options.fractions = {};
  options.counts = {4, 2, 1};
  EXPECT_EQ(split_pictures(options).unused, (std::vector<int64_t>{2, 0}));
}

}  // namespace
}  // namespace catdog
