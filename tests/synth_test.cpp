// SPDX-License-Identifier: Apache-2.0
// Drawn pictures: a function of their arguments alone, alike in colour, told apart by shape only.
#include "catdog/pictures/synth.hpp"

#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <opencv2/imgproc.hpp>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "catdog/core/error.hpp"
#include "catdog/core/signals.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

namespace fs = std::filesystem;

using test::message_of;
using test::snapshot;
using test::TempFolder;

bool same_picture(const Picture& a, const Picture& b) {
  return a.size() == b.size() && a.type() == b.type() && cv::norm(a, b, cv::NORM_INF) == 0;
}

double mean_difference(const Picture& a, const Picture& b) {
  return cv::norm(a, b, cv::NORM_L1) / static_cast<double>(a.total() * 3);
}

TEST(DrawAnimal, GivesAnRgbPictureOfTheSizeAskedFor) {
  for (const int size_px : {16, 33, 150, 640}) {
    const Picture picture = draw_animal(Animal::dog, size_px, 1, 0);
    EXPECT_EQ(picture.size(), cv::Size(size_px, size_px));
    EXPECT_EQ(picture.type(), CV_8UC3);
    EXPECT_TRUE(picture.isContinuous());
  }
}

TEST(DrawAnimal, DependsOnItsArgumentsAlone) {
  for (const int index : {0, 1, 7, 999'999}) {
    const Picture first = draw_animal(Animal::cat, 64, 5, index);
    draw_animal(Animal::dog, 100, 6, index + 1);  // leaves nothing behind
    EXPECT_TRUE(same_picture(first, draw_animal(Animal::cat, 64, 5, index)));
  }
}

TEST(DrawAnimal, DrawsEveryPictureAnew) {
  const Picture cat = draw_animal(Animal::cat, 64, 5, 3);
  EXPECT_GT(mean_difference(cat, draw_animal(Animal::cat, 64, 5, 4)), 5);
  EXPECT_GT(mean_difference(cat, draw_animal(Animal::cat, 64, 6, 3)), 5);
  EXPECT_GT(mean_difference(cat, draw_animal(Animal::cat, 64, 5 + (uint64_t{1} << 32), 3)), 5);
  EXPECT_GT(mean_difference(cat, draw_animal(Animal::dog, 64, 5, 3)), 5);
  EXPECT_GT(mean_difference(cat, draw_animal(Animal::rabbit, 64, 5, 3)), 5);
}

// Where no random number of another animal's is used, no two are in the same place and light.
TEST(DrawAnimal, SharesNoSceneBetweenAnimals) {
  for (int index = 0; index < 20; ++index) {
    const Picture rabbit = draw_animal(Animal::rabbit, 32, 5, index);
    EXPECT_GT(mean_difference(rabbit, draw_animal(Animal::cat, 32, 5, index)), 10);
    EXPECT_GT(mean_difference(rabbit, draw_animal(Animal::dog, 32, 5, index)), 10);
  }
}

TEST(DrawAnimal, ShowsTheSameSceneAtEverySize) {
  for (int index = 0; index < 4; ++index) {
    Picture large = draw_animal(Animal::cat, 640, 9, index), shrunk;
    cv::resize(large, shrunk, {40, 40}, 0, 0, cv::INTER_AREA);
    Picture small = draw_animal(Animal::cat, 160, 9, index);
    cv::resize(small, small, {40, 40}, 0, 0, cv::INTER_AREA);
    EXPECT_LT(mean_difference(shrunk, small), 4) << "picture " << index;
  }
}

// 350 small pictures of each animal, drawn once: a row each.
constexpr int kPerClass = 350, kTrained = 250, kSide = 16;
constexpr Animal kAll[] = {Animal::cat, Animal::dog, Animal::rabbit};

const cv::Mat& small_pictures(Animal animal) {
  static const std::vector<cv::Mat> rows = [] {
    std::vector<cv::Mat> all;
    for (const Animal each : kAll) {
      cv::Mat& of_one = all.emplace_back(kPerClass, kSide * kSide * 3, CV_32F);
      for (int i = 0; i < kPerClass; ++i) {
        const Picture picture = draw_animal(each, kSide, /*seed=*/20, i);
        picture.reshape(/*cn=*/1, /*rows=*/1).convertTo(of_one.row(i), CV_32F, 1 / 255.0);
      }
    }
    return all;
  }();
  return rows.at(static_cast<size_t>(animal));
}

TEST(DrawAnimal, ColoursSayNothing) {
  const auto measured = [](Animal animal) {
    std::pair<cv::Scalar, cv::Scalar> mean_and_spread;
    cv::meanStdDev(small_pictures(animal).reshape(/*cn=*/3), mean_and_spread.first,
                   mean_and_spread.second);
    return mean_and_spread;
  };
  const auto [mean, spread] = measured(Animal::cat);
  for (const Animal other : {Animal::dog, Animal::rabbit}) {
    const auto [others_mean, others_spread] = measured(other);
    for (int c = 0; c < 3; ++c) {
      EXPECT_NEAR(mean[c], others_mean[c], 0.03) << "channel " << c;
      EXPECT_NEAR(spread[c], others_spread[c], 0.02) << "channel " << c;
    }
  }
}

// The share of pictures not seen that the best of several ridge regressions tells rightly.
double linear_accuracy(Animal first, Animal second) {
  const auto both = [&](int from, int to) {
    cv::Mat x;
    cv::vconcat(small_pictures(first).rowRange(from, to), small_pictures(second).rowRange(from, to),
                x);
    return cv::Mat(x - 0.4);
  };
  const auto labels = [](int each) {
    cv::Mat y(2 * each, 1, CV_32F, 1.0f);
    y.rowRange(0, each).setTo(-1.0f);
    return y;
  };
  const cv::Mat known = both(0, kTrained), unknown = both(kTrained, kPerClass);
  double best = 0;
  for (const double weight : {1.0, 10.0, 100.0, 1000.0}) {
    const cv::Mat gram = known * known.t() + weight * cv::Mat::eye(known.rows, known.rows, CV_32F);
    cv::Mat solved;
    EXPECT_TRUE(cv::solve(gram, labels(kTrained), solved, cv::DECOMP_CHOLESKY));
    const cv::Mat guess = unknown * (known.t() * solved);
    const cv::Mat agreed = guess.mul(labels(kPerClass - kTrained)) > 0;
    best = std::max(best, static_cast<double>(cv::countNonZero(agreed)) / agreed.rows);
  }
  return best;
}

TEST(DrawAnimal, ALinearModelDoesNotTellThemApart) {
  EXPECT_LT(linear_accuracy(Animal::cat, Animal::dog), 0.75);
  EXPECT_LT(linear_accuracy(Animal::cat, Animal::rabbit), 0.75);
  EXPECT_LT(linear_accuracy(Animal::dog, Animal::rabbit), 0.75);
}

TEST(Synthesize, WritesNumberedJpegFilesOfBothAnimals) {
  const TempFolder temp;
  synthesize({.destination = temp / "new/folder", .per_class = 3, .size_px = 40, .seed = 1});
  const auto entries = snapshot(temp / "new/folder");
  std::set<std::string> names;
  for (const auto& [name, what] : entries) names.insert(name);
  EXPECT_EQ(names, (std::set<std::string>{".", "cat.0.jpg", "cat.1.jpg", "cat.2.jpg", "dog.0.jpg",
                                          "dog.1.jpg", "dog.2.jpg"}));
  const cv::Mat decoded = cv::imread((temp / "new/folder/dog.1.jpg").string());
  ASSERT_EQ(decoded.size(), cv::Size(40, 40));
  cv::Mat rgb;
  cv::cvtColor(decoded, rgb, cv::COLOR_BGR2RGB);
  EXPECT_LT(mean_difference(rgb, draw_animal(Animal::dog, 40, 1, 1)), 12);
}

TEST(Synthesize, EqualOptionsGiveEqualBytes) {
  const TempFolder temp;
  fs::create_directory(temp / "b");  // empty: allowed
  synthesize({.destination = temp / "a", .per_class = 12, .size_px = 32, .seed = 3});
  synthesize({.destination = temp / "b", .per_class = 12, .size_px = 32, .seed = 3});
  synthesize({.destination = temp / "c", .per_class = 12, .size_px = 32, .seed = 4});
  EXPECT_EQ(snapshot(temp / "a"), snapshot(temp / "b"));
  EXPECT_NE(snapshot(temp / "a"), snapshot(temp / "c"));
}

TEST(Synthesize, MorePicturesLeaveTheFirstAsTheyAre) {
  const TempFolder temp;
  synthesize({.destination = temp / "few", .per_class = 2, .size_px = 32, .seed = 3});
  synthesize({.destination = temp / "many", .per_class = 9, .size_px = 32, .seed = 3});
  const auto many = snapshot(temp / "many");
  for (const auto& [name, what] : snapshot(temp / "few")) EXPECT_EQ(many.at(name), what) << name;
}

TEST(Synthesize, AThirdClassLeavesTheTwoAsTheyAre) {
  const TempFolder temp;
  synthesize({.destination = temp / "two", .per_class = 4, .size_px = 32, .seed = 3});
  synthesize(
      {.destination = temp / "three", .per_class = 4, .classes = 3, .size_px = 32, .seed = 3});
  auto three = snapshot(temp / "three");
  for (const auto& [name, what] : snapshot(temp / "two")) {
    EXPECT_EQ(three.at(name), what) << name;
    three.erase(name);
  }
  std::set<std::string> more;
  for (const auto& [name, what] : three) more.insert(name);
  EXPECT_EQ(more, (std::set<std::string>{"rabbit.0.jpg", "rabbit.1.jpg", "rabbit.2.jpg",
                                         "rabbit.3.jpg"}));
}

TEST(Synthesize, RefusesAFolderWithSomethingInIt) {
  const TempFolder temp;
  test::write_text(temp / "full/cat.0.jpg", "mine");
  test::write_text(temp / "file", "mine");
  const auto before = snapshot(temp.path());
  const auto refusal = [&](const char* name) {
    return message_of<ConfigError>(
        [&] { synthesize({.destination = temp / name, .per_class = 1, .size_px = 32}); });
  };
  EXPECT_EQ(refusal("full"), "the destination " + (temp / "full").string() +
                                 " is not empty; name a new or an empty folder");
  EXPECT_EQ(refusal("file"), "the destination " + (temp / "file").string() +
                                 " is not a folder; name a new or an empty folder");
  EXPECT_EQ(snapshot(temp.path()), before);
}

TEST(Synthesize, NamesTheOptionThatIsOutOfRange) {
  const TempFolder temp;
  const auto refusal = [&](int per_class, int size_px) {
    return message_of<ConfigError>([&] {
      synthesize({.destination = temp / "new", .per_class = per_class, .size_px = size_px});
    });
  };
  EXPECT_EQ(refusal(0, 32), "--per-class is 0, but must be 1 to 1000000");
  EXPECT_EQ(refusal(1'000'001, 32), "--per-class is 1000001, but must be 1 to 1000000");
  EXPECT_EQ(refusal(1, 15), "--size is 15, but must be 16 to 4096");
  EXPECT_EQ(refusal(1, 4097), "--size is 4097, but must be 16 to 4096");
  for (const int classes : {1, 4}) {
    EXPECT_EQ(message_of<ConfigError>([&] {
                synthesize({.destination = temp / "new", .per_class = 1, .classes = classes});
              }),
              "--classes is " + std::to_string(classes) + ", but must be 2 to 3");
  }
  EXPECT_EQ(message_of<ConfigError>([] { synthesize({.destination = ""}); }),
            "no destination for the pictures; name a new or an empty folder");
  EXPECT_FALSE(fs::exists(temp / "new"));
}

// Both run in a child process: a signal and a limit hold for a whole process.
TEST(SynthesizeDeathTest, AnInterruptRemovesWhatWasWritten) {
  const TempFolder temp;
  fs::create_directory(temp / "old");
  const auto interrupted = [&](const char* name) {
    catch_interrupts();
    std::jthread killer([] {
      std::this_thread::sleep_for(std::chrono::milliseconds(150));
      std::raise(SIGTERM);
    });
    try {
      synthesize({.destination = temp / name, .per_class = 100'000, .classes = 3, .size_px = 32});
    } catch (const Interrupted& cut_off) {
      std::_Exit(cut_off.signal == SIGTERM ? 7 : 1);
    }
  };
  EXPECT_EXIT(interrupted("old"), testing::ExitedWithCode(7), "");
  EXPECT_EXIT(interrupted("new"), testing::ExitedWithCode(7), "");
  EXPECT_EQ(snapshot(temp.path()),
            (std::map<std::string, std::string>{{".", "folder"}, {"old", "folder"}}));
}

TEST(SynthesizeDeathTest, AFullDiskIsAnErrorAndLeavesNothing) {
  const TempFolder temp;
  const auto fail = [&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 100, .rlim_max = 100};
    setrlimit(RLIMIT_FSIZE, &limit);
    try {
      synthesize({.destination = temp / "new", .per_class = 4, .size_px = 32});
    } catch (const Error& error) {
      const bool told =
          std::string(error.what()).starts_with("cannot write " + temp.path().string());
      std::_Exit(told && error.code() == ExitCode::failed ? 7 : 1);
    }
  };
  EXPECT_EXIT(fail(), testing::ExitedWithCode(7), "");
  EXPECT_FALSE(fs::exists(temp / "new"));
}

}  // namespace
}  // namespace catdog
