// SPDX-License-Identifier: Apache-2.0
// TensorBoard's log: its frames, and what is on the disk after any interruption. What TensorBoard
// itself reads in it: tests/test_tensorboard.py.
#include "catdog/train/tensorboard_log.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <map>
#include <utility>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/train/tensorboard_events.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::TempFolder;

// RFC 3720, appendix B.4; the last is the usual check value of CRC catalogues.
TEST(TensorboardEvents, ChecksumsAreTheKnownOnes) {
  std::string rising;
  for (char byte = 0; byte < 32; ++byte) rising += byte;
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AA);
  EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43);
  EXPECT_EQ(crc32c(rising), 0x46DD794E);
  EXPECT_EQ(crc32c(std::string(rising.rbegin(), rising.rend())), 0x113FDB5C);
  EXPECT_EQ(crc32c("123456789"), 0xE3069283);
  EXPECT_EQ(crc32c(""), 0);
}

// By tensorboard.summary.writer.record_writer of TensorBoard 2.21.
TEST(TensorboardEvents, AFrameIsTensorboardsOwn) {
  const std::string_view frame(
      "\x03\0\0\0\0\0\0\0\xB0\x99I\x0E"
      "abc"
      "nW\xF1!",
      19);
  EXPECT_EQ(tf_record("abc"), frame);
}

EpochResult epoch(int number) {
  return {.epoch = number,
          .loss = 0.7 / number,
          .accuracy = 1 - 0.5 / number,
          .val_loss = 0.7,
          .val_accuracy = 0.5,
          .lr = 1e-3,
          .seconds = 1.25 * number,
          .images_per_second = 100.0 + number,
          .waited_share = 0};
}

std::vector<EpochResult> epochs(int count) {
  std::vector<EpochResult> history;
  for (int number = 1; number <= count; ++number) history.push_back(epoch(number));
  return history;
}

const Json kConfig = {{"train", {{"epochs", 3}}}};

// The logs in a folder, by their names.
std::map<std::string, std::string> logs_in(const fs::path& folder) {
  std::map<std::string, std::string> logs;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("events.out.")) logs[name] = test::read_text(entry.path());
  }
  return logs;
}

// The name and bytes of the one log that is not empty; before it there is at most one that is.
std::pair<std::string, std::string> only_log(const fs::path& folder) {
  const auto logs = logs_in(folder);
  EXPECT_EQ(logs.size(), logs.begin()->second.empty() ? 2u : 1u);
  return *logs.rbegin();
}

class TensorboardLog : public testing::Test {
 protected:
  TensorboardLog() {
    test::write_text(folder_ / "first_batch.png", test::encode(test::make_noise(6, 9), ".png"));
  }
  void write(int count, const Json& config = kConfig) {
    write_tensorboard_log(folder_.path(), config, epochs(count));
  }

  const TempFolder folder_;
};

TEST_F(TensorboardLog, GrowsAndNeverChanges) {
  write(0);
  const auto [name, beginning] = only_log(folder_.path());
  write(2);
  const auto two = only_log(folder_.path());
  EXPECT_EQ(two.first, name);
  EXPECT_TRUE(two.second.starts_with(beginning));
  write(3);
  const auto three = only_log(folder_.path());
  EXPECT_EQ(three.first, name);
  EXPECT_TRUE(three.second.starts_with(two.second));
  EXPECT_GT(three.second.size(), two.second.size());
  write(3);
  EXPECT_EQ(only_log(folder_.path()), three);
}

TEST_F(TensorboardLog, IsCompletedWhereverItWasCutOff) {
  write(3);
  const auto whole = only_log(folder_.path());
  for (size_t size = 0; size < whole.second.size(); size += 7) {
    fs::resize_file(folder_ / whole.first, size);
    write(3);
    ASSERT_EQ(only_log(folder_.path()), whole) << size;
  }
}

TEST_F(TensorboardLog, TurnedOnInMidRunItBeginsWithTheRun) {
  const std::time_t before = std::time(nullptr);
  write(2);  // of 3.75 seconds together
  const std::time_t after = std::time(nullptr);
  const std::string name = only_log(folder_.path()).first;
  const long began = std::stol(name.substr(std::string("events.out.tfevents.").size()));
  EXPECT_GE(began, before - 4);
  EXPECT_LE(began, after - 3);
}

TEST_F(TensorboardLog, AnotherOneTakesItsPlaceWhereItSaysSomethingElse) {
  const Json other = {{"train", {{"epochs", 5}}}};
  write(3);
  const auto [name, before] = only_log(folder_.path());
  ASSERT_TRUE(name.ends_with(".catdog.0001"));
  const std::string next = name.substr(0, name.size() - 1) + "2";
  // An older checkpoint, other settings, a bit that changed.
  write(2);
  const auto two = only_log(folder_.path());
  EXPECT_EQ(two.first, next);
  EXPECT_TRUE(before.starts_with(two.second));
  EXPECT_TRUE(fs::is_empty(folder_ / name));  // still found by who follows it
  write(3);
  EXPECT_EQ(only_log(folder_.path()), std::pair(next, before));

  write(3, other);
  write(4, other);
  const auto third = only_log(folder_.path());
  EXPECT_TRUE(third.first.ends_with(".catdog.0003"));
  EXPECT_FALSE(fs::exists(folder_ / name));

  std::string damaged = third.second;
  damaged[damaged.size() / 2] ^= 1;
  test::write_text(folder_ / third.first, damaged);
  write(4, other);
  const auto fourth = only_log(folder_.path());
  EXPECT_TRUE(fourth.first.ends_with(".catdog.0004"));
  EXPECT_EQ(fourth.second, third.second);
}

TEST_F(TensorboardLog, OtherFilesAreNotItsOwn) {
  const char* mine[] = {"events.out.tfevents.1.catdog.0001", "events.out.tfevents.1764000000.host",
                        "events.out.tfevents.1764000000.catdog.0001.v2",
                        "events.out.tfevents.1764000000.catdog.1", "notes"};
  for (const char* name : mine) test::write_text(folder_ / name, "mine");
  write(1);
  write(1, {});
  write(1);
  for (const char* name : mine) EXPECT_EQ(test::read_text(folder_ / name), "mine") << name;
  EXPECT_EQ(logs_in(folder_.path()).size(), std::size(mine) - 1 + 2);
}

TEST_F(TensorboardLog, ASheetThatIsMissingOrNoPngIsLeftOut) {
  write(1);
  const size_t with = only_log(folder_.path()).second.size();
  const size_t sheet = fs::file_size(folder_ / "first_batch.png");
  test::write_text(folder_ / "first_batch.png", "text");
  write(1);
  const auto without = only_log(folder_.path());
  EXPECT_LT(without.second.size(), with - sheet);
  fs::remove(folder_ / "first_batch.png");
  write(1);
  EXPECT_EQ(only_log(folder_.path()), without);
}

TEST_F(TensorboardLog, AFolderThatIsGoneIsAnErrorThatNamesTheFile) {
  const std::string message =
      test::message_of<Error>([&] { write_tensorboard_log(folder_ / "gone", kConfig, epochs(1)); });
  EXPECT_TRUE(
      message.starts_with("cannot write " + (folder_ / "gone/events.out.tfevents").string()))
      << message;
  EXPECT_TRUE(message.ends_with(": No such file or directory")) << message;
  EXPECT_FALSE(fs::exists(folder_ / "gone"));
}

}  // namespace
}  // namespace catdog
