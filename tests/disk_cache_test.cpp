// SPDX-License-Identifier: Apache-2.0
// The disk cache gives what decoding gives, and only spares the decoding: whatever happens to its
// file, to the pictures, or to the process that writes it.
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <thread>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/data/image_folder.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::TempFolder;
using test::well_in_child;

using Pictures = std::vector<Picture>;

bool equal(const Pictures& a, const Pictures& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.size() == y.size() && cv::norm(x, y, cv::NORM_INF) == 0;
  });
}

class DiskCacheTest : public testing::Test {
 protected:
  static constexpr int kCount = 12;  // pictures, half of each kind

  DiskCacheTest() {
    for (int i = 0; i < kCount; ++i) test::write_picture(picture_file(i), i);
  }

  fs::path picture_file(int i) const {
    return folder_ / "train" / (i < kCount / 2 ? "cats" : "dogs") / (std::to_string(i) + ".png");
  }
  fs::path cache_folder() const { return folder_ / ".catdog-cache"; }
  fs::path cache_file() const { return cache_folder() / "train.pixels"; }
  size_t files_in_cache_folder() const {
    return std::distance(fs::directory_iterator(cache_folder()), {});
  }

  ImageFolder open(CacheKind cache = CacheKind::disk) {
    options_.cache = cache;
    return ImageFolder(folder_ / "train", options_, memory_budget(options_));
  }

  // The first `count` pictures of a run of its own; cloned, as a run's mapping ends with it.
  Pictures read(CacheKind cache = CacheKind::disk, int count = kCount) {
    const ImageFolder pictures = open(cache);
    Pictures read;
    for (int i = 0; i < count; ++i) read.push_back(pictures.picture(i).clone());
    return read;
  }

  // Whether a new file takes the place of the present one. Told by the time, made an old one.
  bool cache_is_rewritten_by(const std::function<void()>& run) {
    fs::last_write_time(cache_file(), fs::last_write_time(cache_file()) - std::chrono::hours(1));
    const auto time = fs::last_write_time(cache_file());
    run();
    return fs::last_write_time(cache_file()) != time;
  }

  bool is_rewritten_by_a_run_that_gives(const Pictures& expected) {
    return cache_is_rewritten_by([&] { EXPECT_TRUE(equal(read(), expected)); });
  }

  void change_byte(uint64_t offset) const {
    std::string bytes = test::read_text(cache_file());
    bytes.at(offset) = static_cast<char>(bytes.at(offset) ^ 1);
    test::write_text(cache_file(), bytes);
  }

  TempFolder folder_;
  DataOptions options_{.image_size = 16};
};

TEST_F(DiskCacheTest, GivesTheSameBytesInEveryMode) {
  for (const Resampling resize : {Resampling::nearest, Resampling::bilinear, Resampling::area}) {
    options_.resize = resize;
    const Pictures decoded = read(CacheKind::none);
    EXPECT_TRUE(equal(read(CacheKind::memory), decoded));
    EXPECT_TRUE(equal(read(CacheKind::disk), decoded));  // fills it
    EXPECT_TRUE(equal(read(CacheKind::disk), decoded));  // uses it
    EXPECT_EQ(files_in_cache_folder(), 1u);              // one file, whatever the settings were
  }
}

TEST_F(DiskCacheTest, TheSecondRunDecodesWhatIsNewAlone) {
  const auto decoded_by_a_run = [&](const std::vector<std::string>& sources) {
    DiskCache cache(cache_file(), sources.size(), {8, 8}, Resampling::nearest);
    int decoded = 0;
    for (size_t i = 0; i < sources.size(); ++i) {
      const auto number = static_cast<uint32_t>(std::stoi(sources[i]));
      const auto [picture, on_disk] = cache.picture(i, sources[i], [&] {
        ++decoded;
        return test::make_noise(8, 8, number);
      });
      EXPECT_TRUE(on_disk);
      EXPECT_EQ(cv::norm(picture, test::make_noise(8, 8, number), cv::NORM_INF), 0);
    }
    return decoded;
  };
  EXPECT_EQ(decoded_by_a_run({"1", "2", "3"}), 3);
  EXPECT_EQ(decoded_by_a_run({"1", "2", "3"}), 0);
  EXPECT_EQ(decoded_by_a_run({"3", "1", "2"}), 0);
  EXPECT_EQ(decoded_by_a_run({"3", "4", "4", "1"}), 2);
  EXPECT_EQ(decoded_by_a_run({"1", "3", "4", "4", "2"}), 1);
  EXPECT_EQ(decoded_by_a_run({"1", "3"}), 0);
}

TEST_F(DiskCacheTest, WithinARunAPictureIsReadOnce) {
  const ImageFolder pictures = open();
  const uint8_t* first = pictures.picture(3).data;
  EXPECT_EQ(pictures.picture(3).data, first);
  fs::remove(picture_file(3));
  EXPECT_EQ(pictures.picture(3).data, first);
}

TEST_F(DiskCacheTest, SeesAChangedPictureOfTheSameSizeAndTime) {
  test::write_text(picture_file(2), test::encode(test::make_noise(20, 20, 1), ".bmp"));
  const Pictures before = read();
  const auto time = fs::last_write_time(picture_file(2));
  const auto size = fs::file_size(picture_file(2));
  test::write_text(picture_file(2), test::encode(test::make_noise(20, 20, 2), ".bmp"));
  fs::last_write_time(picture_file(2), time);
  ASSERT_EQ(fs::file_size(picture_file(2)), size);

  const Pictures decoded = read(CacheKind::none);
  ASSERT_FALSE(equal(decoded, before));
  EXPECT_TRUE(is_rewritten_by_a_run_that_gives(decoded));
  EXPECT_FALSE(is_rewritten_by_a_run_that_gives(decoded));
}

TEST_F(DiskCacheTest, BearsPicturesThatComeGoAndMove) {
  read();
  test::write_picture(folder_ / "train/cats/00.png", 50);
  fs::copy_file(picture_file(1), folder_ / "train/cats/copy.png");
  fs::rename(picture_file(7), folder_ / "train/dogs/renamed.png");
  fs::remove(picture_file(8));
  const Pictures decoded = read(CacheKind::none, kCount + 1);
  EXPECT_TRUE(equal(read(CacheKind::disk, kCount + 1), decoded));
  EXPECT_FALSE(cache_is_rewritten_by(
      [&] { EXPECT_TRUE(equal(read(CacheKind::disk, kCount + 1), decoded)); }));
}

TEST_F(DiskCacheTest, NoticesADamagedFileAndMakesAnother) {
  const Pictures decoded = read();
  const uint64_t bytes = fs::file_size(cache_file());
  // The line of settings, the table's digest, the table, the first and the last pixel.
  for (const uint64_t offset :
       {uint64_t{3}, uint64_t{200}, uint64_t{400}, bytes - kCount * 16 * 16 * 3, bytes - 1}) {
    change_byte(offset);
    EXPECT_TRUE(is_rewritten_by_a_run_that_gives(decoded)) << offset;
    EXPECT_FALSE(is_rewritten_by_a_run_that_gives(decoded)) << offset;
  }
  for (const uint64_t left :
       {uint64_t{0}, uint64_t{1}, uint64_t{255}, uint64_t{256}, bytes / 2, bytes - 1, bytes + 1}) {
    fs::resize_file(cache_file(), left);
    EXPECT_TRUE(is_rewritten_by_a_run_that_gives(decoded)) << left;
    EXPECT_EQ(fs::file_size(cache_file()), bytes);
  }
  fs::remove(cache_file());
  fs::create_directory(cache_file());  // cannot be replaced by a file
  EXPECT_TRUE(equal(read(), decoded));
}

TEST_F(DiskCacheTest, ABrokenPictureIsTheSameErrorAsWithout) {
  read();
  test::write_text(picture_file(4), "no picture");
  const auto message = [&](CacheKind cache) {
    const ImageFolder pictures = open(cache);
    const std::string first = test::message_of<DataError>([&] { pictures.picture(4); });
    EXPECT_EQ(test::message_of<DataError>([&] { pictures.picture(4); }), first);
    return first;
  };
  const std::string expected = message(CacheKind::none);
  EXPECT_NE(expected.find("4.png: not a JPEG"), std::string::npos) << expected;
  EXPECT_EQ(message(CacheKind::disk), expected);
  fs::remove(picture_file(4));
  fs::create_symlink("nowhere", picture_file(4));
  EXPECT_EQ(message(CacheKind::disk), message(CacheKind::none));
}

TEST_F(DiskCacheTest, ARunThatEndsEarlyLeavesTheFormerFileAlone) {
  const Pictures decoded = read();
  options_.image_size = 20;
  EXPECT_FALSE(cache_is_rewritten_by([&] { read(CacheKind::disk, kCount - 1); }));
  EXPECT_EQ(files_in_cache_folder(), 1u);
  options_.image_size = 16;
  EXPECT_FALSE(is_rewritten_by_a_run_that_gives(decoded));
}

TEST_F(DiskCacheTest, WhatAKilledRunLeavesIsRemovedByTheNext) {
  EXPECT_FALSE(well_in_child([&] {
    const ImageFolder pictures = open();
    for (int i = 0; i < kCount / 2; ++i) pictures.picture(i);
    return std::raise(SIGKILL) == 0;
  }));
  ASSERT_EQ(files_in_cache_folder(), 1u);
  EXPECT_FALSE(fs::exists(cache_file()));
  const Pictures decoded = read(CacheKind::none);
  EXPECT_TRUE(equal(read(), decoded));
  EXPECT_TRUE(fs::exists(cache_file()));
  EXPECT_EQ(files_in_cache_folder(), 1u);
}

TEST_F(DiskCacheTest, TwoProcessesMayFillItAtATime) {
  const Pictures decoded = read(CacheKind::none);
  Pictures mine;
  {
    const ImageFolder pictures = open();
    for (int i = 0; i < kCount / 2; ++i) mine.push_back(pictures.picture(i));
    EXPECT_TRUE(well_in_child([&] {  // begins, and ends, in between
      return equal(read(), decoded) && fs::exists(cache_file()) && files_in_cache_folder() == 2;
    }));
    for (int i = kCount / 2; i < kCount; ++i) mine.push_back(pictures.picture(i));
    EXPECT_TRUE(equal(mine, decoded));
    options_.image_size = 20;  // another run puts a file of other settings in its place
    EXPECT_TRUE(cache_is_rewritten_by([&] { read(); }));
    EXPECT_TRUE(equal(mine, decoded));
  }
  EXPECT_EQ(files_in_cache_folder(), 1u);
}

TEST_F(DiskCacheTest, AnUnwritableFolderOrAFullDiskCostsNothingButTheCache) {
  const Pictures decoded = read(CacheKind::none);
  const auto goes_on_in_memory = [&] {
    const ImageFolder pictures = open();
    Pictures read;
    for (int i = 0; i < kCount; ++i) read.push_back(pictures.picture(i));
    return equal(read, decoded) && pictures.picture(5).data == read[5].data;
  };
  EXPECT_TRUE(well_in_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1000, 1000};  // bytes a file: as good as a full disk
    ::setrlimit(RLIMIT_FSIZE, &limit);
    testing::internal::CaptureStdout();
    const bool well = goes_on_in_memory();
    const std::string said = testing::internal::GetCapturedStdout();
    return well && said.find("no disk cache (cannot write") != std::string::npos &&
           said.find("no disk cache") == said.rfind("no disk cache");
  }));
  EXPECT_EQ(files_in_cache_folder(), 0u);
  fs::remove(cache_folder());

  for (const fs::path& path : {folder_.path(), folder_ / "train"}) {
    fs::permissions(path, fs::perms(0555));
  }
  EXPECT_TRUE(well_in_child([&] {
    if (::geteuid() == 0 && ::seteuid(65534) != 0) return false;  // root may write anywhere
    testing::internal::CaptureStdout();
    const bool well = goes_on_in_memory();
    const std::string said = testing::internal::GetCapturedStdout();
    return well && said.find("no disk cache (cannot make the folder") != std::string::npos &&
           said.find("Permission denied") != std::string::npos;
  }));
  for (const fs::path& path : {folder_.path(), folder_ / "train"}) {
    fs::permissions(path, fs::perms(0755));
  }
  EXPECT_FALSE(fs::exists(cache_folder()));
}

TEST_F(DiskCacheTest, AnUnwritableFolderIsReadAllTheSame) {
  const Pictures decoded = read();
  test::write_picture(picture_file(0), 99);
  const Picture changed = open(CacheKind::none).picture(0);
  fs::permissions(folder_.path(), fs::perms(0755));
  fs::permissions(cache_folder(), fs::perms(0555));
  EXPECT_TRUE(well_in_child([&] {
    if (::geteuid() == 0 && ::seteuid(65534) != 0) return false;
    options_.cache_mb = 0;  // so that what is kept is kept by the file
    const ImageFolder pictures = open();
    const bool others = pictures.picture(1).data == pictures.picture(1).data;
    return others && cv::norm(pictures.picture(0), changed, cv::NORM_INF) == 0 &&
           pictures.picture(0).data != pictures.picture(0).data;
  }));
  fs::permissions(cache_folder(), fs::perms(0755));
}

TEST_F(DiskCacheTest, ManyThreadsMayFillIt) {
  const Pictures decoded = read(CacheKind::none);
  const ImageFolder pictures = open();
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        for (int k = 0; k < 3 * kCount; ++k) {
          const int i = (k + t) % kCount;
          wrong += cv::norm(pictures.picture(i), decoded[i], cv::NORM_INF) != 0;
        }
      });
    }
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_TRUE(fs::exists(cache_file()));
  EXPECT_FALSE(is_rewritten_by_a_run_that_gives(decoded));
}

}  // namespace
}  // namespace catdog
