// SPDX-License-Identifier: Apache-2.0
// `catdog check` on whole folders: what it counts, and what it finds between pictures that are each
// in order.
#include "catdog/pictures/check.hpp"

#include <opencv2/imgproc.hpp>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/pictures/fingerprint.hpp"
#include "catdog/pictures/split.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::encode;
using test::make_noise;
using test::message_of;
using test::TempFolder;
using test::write_text;

// A picture with something in it, as JPEG pictures have and noise has not.
Picture make_scene(uint32_t seed, int height = 200, int width = 240) {
  Picture scene;
  cv::resize(make_noise(9, 11, seed), scene, {width, height}, 0, 0, cv::INTER_CUBIC);
  return scene;
}

class Check : public testing::Test {
 protected:
  void add(const std::string& name, const Picture& picture) {
    write_text(folder_ / name, encode(picture, fs::path(name).extension().string()));
  }
  void add_whole_split() {
    uint32_t seed = 100;
    for (const char* subset : kSubsets) {
      for (const char* name : {"cats/1.png", "cats/2.jpg", "dogs/1.png", "dogs/2.jpg"}) {
        add(std::string(subset) + "/" + name, make_scene(++seed));
      }
    }
  }
  // Each as "id: files: detail".
  std::vector<std::string> findings(CheckOptions options = {}) {
    options.dir = folder_.path();
    std::vector<std::string> lines;
    for (const Finding& finding : check_pictures(options).findings) {
      std::string line = text_of(finding.kind).id;
      for (const std::string& file : finding.files) line += " " + file;
      lines.push_back(line + (finding.detail.empty() ? "" : ": " + finding.detail));
    }
    return lines;
  }

  using Lines = std::vector<std::string>;
  TempFolder folder_;
};

TEST_F(Check, CountsASplitThatIsInOrder) {
  add_whole_split();
  add("test/dogs/wide.bmp", make_scene(1, 64, 300));
  size_t seen = 0, of = 0;
  const CheckResult result = check_pictures({.dir = folder_.path()}, [&](size_t done, size_t all) {
    seen = std::max(seen, done);
    of = all;
  });
  EXPECT_TRUE(result.findings.empty());
  EXPECT_TRUE(result.is_split);
  EXPECT_EQ(result.subsets, (Lines{"train", "validation", "test"}));
  EXPECT_EQ(result.classes, (Lines{"cats", "dogs"}));
  EXPECT_EQ(result.counts, (std::vector<std::vector<int64_t>>{{2, 2}, {2, 2}, {2, 3}}));
  EXPECT_EQ(result.pictures, 13);
  EXPECT_EQ(result.formats, (std::map<std::string, int64_t>{{"JPEG", 6}, {"PNG", 6}, {"BMP", 1}}));
  EXPECT_EQ(result.width_px.smallest, 240);
  EXPECT_EQ(result.width_px.median, 240);
  EXPECT_EQ(result.width_px.largest, 300);
  EXPECT_EQ(result.height_px.smallest, 64);
  EXPECT_GT(seen, 0u);
  EXPECT_EQ(of, 13u);
}

TEST_F(Check, ReadsWhatSplitReads) {
  add("train/cat.0.jpg", make_scene(1));
  add("train/dog.0.jpg", make_scene(2));
  add("train/dog.1.jpg", make_scene(3));
  write_text(folder_ / "train/Thumbs.db", "");
  const CheckResult result = check_pictures({.dir = folder_.path()});
  EXPECT_FALSE(result.is_split);
  EXPECT_EQ(result.classes, (Lines{"cats", "dogs"}));
  EXPECT_EQ(result.counts, (std::vector<std::vector<int64_t>>{{1, 2}}));
  EXPECT_EQ(findings(), (Lines{"not-taken train/Thumbs.db: not an image", "unbalanced: 1 cats and 2 dogs"}));
}

TEST_F(Check, WantsLabelledPictures) {
  const auto message = [&](const fs::path& dir) {
    return message_of<DataError>([&] { check_pictures({.dir = dir}); });
  };
  EXPECT_NE(message(folder_.path()).find("holds no images"), std::string::npos);
  EXPECT_NE(message(folder_ / "absent").find("absent: No such file"), std::string::npos);
}

TEST_F(Check, FindsTheSameFileByItsBytes) {
  add_whole_split();
  const auto copy = [&](const char* from, const char* to) {
    fs::copy_file(folder_ / from, folder_ / to);
  };
  copy("train/cats/1.png", "test/cats/again.png");
  copy("train/dogs/1.png", "train/dogs/again.png");
  copy("test/cats/2.jpg", "test/dogs/also.jpg");
  EXPECT_EQ(findings(), (Lines{"two-labels test/cats/2.jpg test/dogs/also.jpg",
                               "shared test/cats/again.png train/cats/1.png",
                               "repeated train/dogs/1.png train/dogs/again.png"}));
}

TEST_F(Check, FindsNearDuplicates) {
  add_whole_split();
  const Picture scene = make_scene(50);
  Picture smaller, lighter;
  add("train/cats/original.png", scene);
  add("train/cats/another.png", make_scene(52));
  write_text(folder_ / "test/cats/coarse.jpg",
             encode(scene, ".jpg", {cv::IMWRITE_JPEG_QUALITY, 20}));
  const Picture other = make_scene(51);
  add("train/dogs/original.png", other);
  cv::resize(other, smaller, {}, 0.4, 0.5, cv::INTER_AREA);
  add("train/dogs/smaller.png", smaller);
  other.convertTo(lighter, -1, 0.9, 20);
  add("train/dogs/lighter.png", lighter);

  const Lines found = findings();
  ASSERT_EQ(found.size(), 2u) << testing::PrintToString(found);
  EXPECT_TRUE(found[0].starts_with("near-shared test/cats/coarse.jpg train/cats/original.png: "));
  EXPECT_TRUE(found[1].starts_with(
      "near train/dogs/lighter.png train/dogs/original.png train/dogs/smaller.png: "));
  CheckOptions without;
  without.near_bits = -1;
  EXPECT_EQ(findings(without), Lines{});
  EXPECT_EQ(findings(), found);
}

TEST_F(Check, TakesNoBlankPicturesForOneAnother) {
  add_whole_split();
  add("train/cats/white.png", Picture(200, 200, CV_8UC3, cv::Scalar::all(255)));
  add("test/cats/black.png", Picture(200, 200, CV_8UC3, cv::Scalar::all(0)));
  EXPECT_EQ(findings(), Lines{});
}

TEST_F(Check, ComparesWithTheSplitsRecord) {
  const fs::path source = folder_ / "source";
  for (int i = 0; i < 3; ++i) {
    for (const int animal : {0, 1}) {
      const std::string name = std::string(animal ? "dog." : "cat.") + std::to_string(i) + ".jpg";
      write_text(source / name, encode(make_scene(10 * animal + i + 1), ".jpg"));
    }
  }
  SplitOptions options;
  options.source = source;
  options.destination = folder_ / "split";
  options.counts = {1, 1, 1};
  split_pictures(options);
  const auto findings_now = [&] {
    Lines lines;
    for (const Finding& finding : check_pictures({.dir = options.destination}).findings) {
      lines.push_back(std::string(text_of(finding.kind).id) + " " + finding.files.at(0));
    }
    return lines;
  };
  EXPECT_EQ(findings_now(), Lines{});

  // One bit in the middle of the pixels, which no decoder can see.
  const fs::path picture = options.destination / "test/cats/cat.2.jpg";
  std::string bytes = test::read_text(picture);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  write_text(picture, bytes);
  fs::rename(options.destination / "train/dogs/dog.0.jpg",
             options.destination / "train/dogs/d.jpg");
  EXPECT_EQ(findings_now(), (Lines{"changed test/cats/cat.2.jpg", "missing train/dogs/dog.0.jpg",
                                   "added train/dogs/d.jpg"}));

  write_text(options.destination / "split.json", "{}");
  EXPECT_NE(message_of<DataError>(findings_now).find("split.json: damaged, or not made by"),
            std::string::npos);
}

TEST_F(Check, FindsClassesThatDoNotFit) {
  add("train/cats/1.png", make_scene(1));
  fs::create_directories(folder_ / "train/dogs");
  add("validation/cats/1.png", make_scene(2));
  EXPECT_EQ(findings(), (Lines{"classes train/dogs: holds no picture",
                               "classes validation/dogs: holds no picture"}));
  add("train/birds/1.png", make_scene(3));
  EXPECT_EQ(findings().front(), "classes train/dogs: holds no picture");
  fs::remove_all(folder_ / "train/dogs");
  fs::remove_all(folder_ / "train/birds");
  EXPECT_EQ(findings().front(), "classes: one class (cats), and two are needed");
  fs::remove_all(folder_ / "validation");
  EXPECT_EQ(findings().back(), "classes validation: there is none");
}

TEST_F(Check, TakesAnyNumberOfClasses) {
  uint32_t seed = 0;
  for (const char* subset : kSubsets) {
    for (const char* name : {"ants", "bees", "cats", "dogs", "eels"}) {
      add(std::string(subset) + "/" + name + "/1.png", make_scene(++seed));
    }
  }
  add("test/eels/2.png", make_scene(++seed));
  const CheckResult result = check_pictures({.dir = folder_.path()});
  EXPECT_EQ(result.classes, (Lines{"ants", "bees", "cats", "dogs", "eels"}));
  EXPECT_EQ(result.counts,
            (std::vector<std::vector<int64_t>>{{1, 1, 1, 1, 1}, {1, 1, 1, 1, 1}, {1, 1, 1, 1, 2}}));
  EXPECT_EQ(findings(), (Lines{"unbalanced test: 1 ants, 1 bees, 1 cats, 1 dogs and 2 eels"}));
  add("test/flies/1.png", make_scene(++seed));
  EXPECT_EQ(findings(), (Lines{"classes train/flies: holds no picture",
                               "classes validation/flies: holds no picture",
                               "unbalanced test: from 1 ants to 2 eels"}));
}

TEST_F(Check, FindsWhatIsAlikeInDifferentClasses) {
  const Picture scene = make_scene(1);
  Picture smaller;
  cv::resize(scene, smaller, {}, 0.5, 0.5, cv::INTER_AREA);
  add("ants/1.png", scene);
  add("bees/1.png", smaller);
  add("cats/1.png", make_scene(2));
  write_text(folder_ / "cats/2.png", test::read_text(folder_ / "ants/1.png"));
  add("ants/2.png", make_scene(3));
  add("bees/2.png", make_scene(4));
  const Lines lines = findings();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0], "two-labels ants/1.png cats/2.png");
  EXPECT_TRUE(lines[1].starts_with("near ants/1.png bees/1.png cats/2.png: ")) << lines[1];
  EXPECT_TRUE(lines[1].ends_with(" of 256 bits differ, and their classes do")) << lines[1];
}

TEST(Fingerprint, IsCloseForCopiesAndFarForOthers) {
  std::vector<Fingerprint> prints;
  for (uint32_t seed = 1; seed <= 60; ++seed) prints.push_back(*fingerprint(make_scene(seed)));
  for (size_t i = 0; i < prints.size(); ++i) {
    Picture half;
    cv::resize(make_scene(static_cast<uint32_t>(i) + 1), half, {}, 0.5, 0.5, cv::INTER_AREA);
    EXPECT_LE(distance(prints[i], *fingerprint(half)), 30);
    EXPECT_EQ(distance(prints[i], prints[i]), 0);
    for (size_t k = 0; k < i; ++k) EXPECT_GT(distance(prints[i], prints[k]), 60);
  }
}

TEST(Fingerprint, FindsEachPairOnceInOrder) {
  const std::vector<Fingerprint> prints = {
      {0, 0, 0, 0}, {7, 0, 0, 0}, {~0ull, ~0ull, 0, 0}, {0, 0, 0, 1}, {~0ull, ~0ull, 0, 1}};
  std::vector<std::array<size_t, 3>> found;
  for (const NearPair& pair : near_pairs(prints, 3)) {
    found.push_back({pair.first, pair.second, static_cast<size_t>(pair.distance)});
  }
  EXPECT_EQ(found, (std::vector<std::array<size_t, 3>>{{0, 1, 3}, {0, 3, 1}, {2, 4, 1}}));
  EXPECT_TRUE(near_pairs({}, 3).empty());
}

}  // namespace
}  // namespace catdog
