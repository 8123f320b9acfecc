// SPDX-License-Identifier: Apache-2.0
// catdog split where it succeeds: what is found, what goes where, and the record of it.
#include "catdog/pictures/split.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/pictures/class_folders.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::make_flat;
using test::message_of;
using test::read_text;
using test::snapshot;
using test::TempFolder;
using test::write_picture;
using test::write_text;
using Names = std::vector<std::string>;

// The files below `folder`, sorted.
Names files_in(const fs::path& folder) {
  Names names;
  for (const auto& [name, what] : snapshot(folder)) {
    if (what != "folder") names.push_back(name);
  }
  return names;
}

class Split : public ::testing::Test {
 protected:
  Split() {
    options.source = temp / "source";
    options.destination = temp / "made" / "split";
    options.counts = {5, 3, 2};
  }
  nlohmann::json record() const {
    return nlohmann::json::parse(read_text(options.destination / "split.json"));
  }
  Names files(const fs::path& inner) const { return files_in(options.destination / inner); }

  TempFolder temp;
  SplitOptions options;
};

TEST_F(Split, TheDefaultIsTheBooks) {
  const SplitOptions book;
  EXPECT_EQ(book.counts, (std::array<int64_t, 3>{1000, 500, 500}));
  EXPECT_FALSE(book.shuffle);
  EXPECT_EQ(book.placement, Placement::copy);
}

TEST_F(Split, DealsOutInNumberOrder) {
  make_flat(options.source, 12);
  const SplitResult result = split_pictures(options);
  EXPECT_EQ(result.classes, (Names{"cats", "dogs"}));
  EXPECT_EQ(result.class_counts, (std::vector<std::array<int64_t, 3>>(2, {5, 3, 2})));
  EXPECT_EQ(files("train/cats"),
            (Names{"cat.0.jpg", "cat.1.jpg", "cat.2.jpg", "cat.3.jpg", "cat.4.jpg"}));
  EXPECT_EQ(files("validation/dogs"), (Names{"dog.5.jpg", "dog.6.jpg", "dog.7.jpg"}));
  EXPECT_EQ(files("test/dogs"), (Names{"dog.8.jpg", "dog.9.jpg"}));
  EXPECT_EQ(files("").size(), 21u);  // nothing else but split.json
  for (const std::string& name : files("test/cats")) {
    EXPECT_EQ(read_text(options.destination / "test/cats" / name),
              read_text(options.source / name));
  }
}

TEST_F(Split, MakesFoldersThatTheTrainerCanList) {
  make_flat(options.source, 10);
  split_pictures(options);
  for (const char* subset : kSubsets) {
    EXPECT_EQ(list_class_folders(options.destination / subset).classes, (Names{"cats", "dogs"}));
  }
}

struct LayoutCase {
  const char *cat, *dog;  // where the folders of cats and dogs lie, and how the files begin
};

TEST_F(Split, FindsThePicturesInEveryUsualLayout) {
  const LayoutCase cases[] = {
      {"cat.", "dog."},
      {"train/cat.", "train/dog."},
      {"dogs-vs-cats/train/cat.", "dogs-vs-cats/train/dog."},
      {"Cat/", "Dog/"},
      {"PetImages/Cat/", "PetImages/Dog/"},
      {"kagglecatsanddogs_5340/PetImages/Cat/", "kagglecatsanddogs_5340/PetImages/Dog/"},
      {"CAT/cat.", "DOG/dog."},
  };
  for (const auto& [cat, dog] : cases) {
    SCOPED_TRACE(cat);
    const TempFolder source;
    options.source = source.path();
    options.counts = {1, 1, 1};
    options.force = true;
    for (int i = 0; i < 3; ++i) {
      write_picture(source / (cat + std::to_string(i) + ".jpg"), static_cast<unsigned>(i));
      write_picture(source / (dog + std::to_string(i) + ".jpg"), static_cast<unsigned>(i + 10));
    }
    for (const char* noise : {"README", "Thumbs.db", ".DS_Store", "sampleSubmission.csv"}) {
      write_text(fs::path((source / cat).parent_path()) / noise, "");
    }
    // The folders' names are the user's; only the names in a flat folder become the book's.
    const std::string folder = fs::path(cat).parent_path().filename().string();
    const bool is_flat = std::string_view(cat).ends_with('.') && folder != "CAT";
    EXPECT_EQ(split_pictures(options).classes,
              is_flat ? (Names{"cats", "dogs"})
                      : (Names{folder, fs::path(dog).parent_path().filename().string()}));
    EXPECT_EQ(record()["pictures"][0]["source"], cat + std::string("0.jpg"));
    EXPECT_EQ(files("").size(), 7u);
  }
}

TEST_F(Split, NamesTheFolderToGiveInKagglesArchive) {
  make_flat(options.source / "train", 10);
  write_picture(options.source / "test1/1.jpg");
  const std::string path = (options.source / "train").string();
  EXPECT_EQ(message_of<DataError>([&] { split_pictures(options); }),
            path + ": its file names tell the classes cat and dog, but other folders with images "
                   "lie beside it; give " + path + " as the source");
  options.source /= "train";  // as it says
  split_pictures(options);
  EXPECT_EQ(files("").size(), 21u);
}

TEST_F(Split, KeepsOtherClassNames) {
  for (const char* name : {"Cats", "dog", "zebra crossing"}) {
    write_picture(options.source / name / "0.jpg");
  }
  options.counts = {1, 0, 0};
  EXPECT_EQ(split_pictures(options).classes, (Names{"Cats", "dog", "zebra crossing"}));
  EXPECT_EQ(files("train"), (Names{"Cats/0.jpg", "dog/0.jpg", "zebra crossing/0.jpg"}));
}

TEST_F(Split, MakesNoFolderForAnEmptySubset) {
  make_flat(options.source, 10);
  options.counts = {8, 0, 2};
  split_pictures(options);
  EXPECT_FALSE(fs::exists(options.destination / "validation"));
}

TEST_F(Split, TakesFractionsOfEachClassByLargestRemainders) {
  make_flat(options.source, 7);
  for (int i = 7; i < 100; ++i) {
    write_picture(options.source / ("dog." + std::to_string(i) + ".jpg"), static_cast<unsigned>(i));
  }
  options.fractions = {.29, .5, .21};
  const SplitResult result = split_pictures(options);
  EXPECT_EQ(result.class_counts[0], (std::array<int64_t, 3>{2, 4, 1}));
  EXPECT_EQ(result.class_counts[1], (std::array<int64_t, 3>{29, 50, 21}));
}

TEST_F(Split, LinksHardOrSymbolic) {
  make_flat(options.source, 10);
  const fs::path first = options.destination / "train/cats/cat.0.jpg";
  options.placement = Placement::hardlink;
  split_pictures(options);
  EXPECT_TRUE(fs::equivalent(first, options.source / "cat.0.jpg"));
  EXPECT_FALSE(fs::is_symlink(first));

  options.placement = Placement::symlink;
  options.force = true;
  options.source = fs::relative(options.source);  // the links must hold from anywhere all the same
  split_pictures(options);
  EXPECT_TRUE(fs::read_symlink(first).is_absolute());
  EXPECT_EQ(read_text(first), read_text(temp / "source/cat.0.jpg"));
}

TEST_F(Split, ShufflesEachClassByTheSeed) {
  make_flat(options.source, 30);
  options.shuffle = options.force = true;
  options.counts = {10, 10, 10};
  const auto train_files = [&](uint64_t seed) {
    options.seed = seed;
    EXPECT_EQ(split_pictures(options).class_counts[1], options.counts);
    return files("train");
  };
  const Names first = train_files(1);
  EXPECT_EQ(first.size(), 20u);  // ten of each class, whatever the order
  EXPECT_EQ(train_files(1), first);
  EXPECT_NE(train_files(2), first);
  EXPECT_EQ(files("").size(), 61u);  // each picture once
  std::set<std::string> cats, dogs;  // the classes are shuffled independently
  for (const std::string& name : first) (name[0] == 'c' ? cats : dogs).insert(name.substr(9));
  EXPECT_NE(cats, dogs);
}

TEST_F(Split, RecordsWhatItDid) {
  make_flat(options.source, 10);
  split_pictures(options);
  const nlohmann::json json = record();
  EXPECT_EQ(json["format"], "catdog-split-1");
  EXPECT_EQ(json["source"], options.source.string());
  EXPECT_EQ(json["options"]["validation"], 3);
  EXPECT_EQ(json["options"]["placement"], "copy");
  EXPECT_EQ(json["classes"], (Names{"cats", "dogs"}));
  EXPECT_EQ(json["pictures"].size(), 20u);
  EXPECT_EQ(json["skipped"].size(), 0u);
  EXPECT_EQ(json["duplicates"].size(), 0u);
  EXPECT_EQ(json["pictures"][7]["name"], "train/dogs/dog.2.jpg");
  for (const nlohmann::json& picture : json["pictures"]) {
    const std::string bytes = read_text(options.destination / picture["name"].get<std::string>());
    EXPECT_EQ(picture["bytes"], bytes.size());
    EXPECT_EQ(picture["sha256"], sha256(bytes));
    EXPECT_TRUE(fs::exists(options.source / picture["source"].get<std::string>()));
  }
}

TEST_F(Split, RecordsNamesThatAreNotUtf8) {
  for (const char* name : {"caf\xE9.0.jpg", "new\nline.0.jpg"})
    write_picture(options.source / name);
  options.counts = {1, 0, 0};
  split_pictures(options);
  EXPECT_EQ(record()["pictures"][0]["name"], "train/caf\uFFFD/caf\uFFFD.0.jpg");
  EXPECT_EQ(record()["pictures"][0]["name_hex"], "747261696e2f636166e92f636166e92e302e6a7067");
  EXPECT_EQ(record()["pictures"][1]["name"], "train/new\nline/new\nline.0.jpg");
  EXPECT_TRUE(fs::exists(options.destination / "train/new\nline/new\nline.0.jpg"));
}

TEST_F(Split, ReportsEqualPicturesInDifferentSubsets) {
  make_flat(options.source, 10);
  const auto repeat = [&](const char* from, const char* to) {
    fs::copy_file(options.source / from, options.source / to, fs::copy_options::overwrite_existing);
  };
  repeat("cat.0.jpg", "dog.9.jpg");
  repeat("cat.1.jpg", "cat.2.jpg");  // both in train: no matter
  const SplitResult result = split_pictures(options);
  ASSERT_EQ(result.shared.size(), 1u);
  EXPECT_EQ(result.shared[0].files, (Names{"train/cats/cat.0.jpg", "test/dogs/dog.9.jpg"}));
  EXPECT_EQ(record()["duplicates"][0]["files"], result.shared[0].files);
}

TEST_F(Split, TakesTheNextPictureForABadOne) {
  make_flat(options.source, 13);
  write_text(options.source / "cat.1.jpg", "");
  write_text(options.source / "cat.11.jpg", "text");  // the next of the next
  fs::remove(options.source / "cat.10.jpg");
  fs::create_symlink("nowhere", options.source / "cat.10.jpg");
  options.skip_bad = true;
  const SplitResult result = split_pictures(options);
  EXPECT_EQ(files("train/cats").back(), "cat.5.jpg");
  EXPECT_EQ(files("test/cats"), (Names{"cat.12.jpg", "cat.9.jpg"}));
  ASSERT_EQ(result.skipped.size(), 3u);
  EXPECT_EQ(result.skipped[0].file, "cat.1.jpg");
  EXPECT_EQ(result.skipped[0].reason, "the file is empty");
  EXPECT_EQ(result.skipped[1].reason, "No such file or directory");
  EXPECT_EQ(record()["skipped"][2]["source"], "cat.11.jpg");
  EXPECT_EQ(record()["skipped"][2]["reason"], "not a JPEG, PNG, BMP, PPM, TIFF or WebP file");
}

TEST_F(Split, TakesFractionsOfTheReadablePictures) {
  make_flat(options.source, 9);
  write_text(options.source / "cat.8.jpg", "");
  options.fractions = {.5, .25, .25};
  options.skip_bad = true;
  const SplitResult result = split_pictures(options);
  EXPECT_EQ(result.class_counts[0], (std::array<int64_t, 3>{4, 2, 2}));
  EXPECT_EQ(result.skipped.size(), 1u);
}

TEST_F(Split, ForceReplacesTheSplitAndNothingElse) {
  make_flat(options.source, 10);
  split_pictures(options);
  write_text(options.destination / "notes.txt", "mine");
  write_text(options.destination / "train/cats/stray.jpg", "");
  options.force = true;
  options.counts = {2, 0, 1};
  split_pictures(options);
  EXPECT_EQ(files(""), (Names{"notes.txt", "split.json", "test/cats/cat.2.jpg",
                              "test/dogs/dog.2.jpg", "train/cats/cat.0.jpg", "train/cats/cat.1.jpg",
                              "train/dogs/dog.0.jpg", "train/dogs/dog.1.jpg"}));
  EXPECT_FALSE(fs::exists(options.destination / "validation"));
}

}  // namespace
}  // namespace catdog
