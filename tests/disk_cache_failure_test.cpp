// SPDX-License-Identifier: Apache-2.0
// The disk cache costs nothing but itself when a run ends early or is killed, when several fill it
// at a time, or when it cannot be written.
#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "catdog/core/files.hpp"
#include "disk_cache_support.hpp"

namespace catdog {
namespace {

using test::DiskCacheTest;
using test::equal;
using test::Pictures;
using test::well_in_child;

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
  if (::geteuid() == 0) {  // root may write anywhere
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
      ASSERT_EQ(::chown(entry.path().c_str(), 65534, 65534), 0);
    }
  }
  fs::permissions(folder_.path(), fs::perms(0755));
  fs::permissions(cache_folder(), fs::perms(0500));
  EXPECT_TRUE(well_in_child([&] {
    if (::geteuid() == 0 && ::seteuid(65534) != 0) return false;
    options_.cache_mb = 0;  // so that what is kept is kept by the file
    const ImageFolder pictures = open();
    const bool others = cv::norm(pictures.picture(1), decoded[1], cv::NORM_INF) == 0;
    const bool first = cv::norm(pictures.picture(0), changed, cv::NORM_INF) == 0;
    for (const int i : {0, 1}) test::write_text(picture_file(i), "no picture");
    return others && first && cv::norm(pictures.picture(1), decoded[1], cv::NORM_INF) == 0 &&
           test::message_of<DataError>([&] { pictures.picture(0); }) != "";
  }));
  fs::permissions(cache_folder(), fs::perms(0700));
}

TEST_F(DiskCacheTest, AFileThatIsTruncatedWhileItIsUsedCostsOneWarning) {
  const Pictures decoded = read();
  for (const uint64_t left : {fs::file_size(cache_file()) - 1, uint64_t{5000}, uint64_t{0}}) {
    const ImageFolder pictures = open();
    for (int i = 0; i < kCount; ++i) pictures.picture(i);
    fs::resize_file(cache_file(), left);
    testing::internal::CaptureStdout();
    for (int round = 0; round < 2; ++round) {
      Pictures again;
      for (int i = 0; i < kCount; ++i) again.push_back(pictures.picture(i));
      EXPECT_TRUE(equal(again, decoded));
    }
    const std::string said = testing::internal::GetCapturedStdout();
    EXPECT_NE(said.find("the disk cache is damaged"), std::string::npos) << said;
    EXPECT_EQ(said.find("the disk cache is damaged"), said.rfind("the disk cache is damaged"));
    EXPECT_TRUE(equal(read(), decoded));  // makes another
  }
}

TEST_F(DiskCacheTest, AFileThatIsTruncatedBeforeItsImagesWereUsedIsReplaced) {
  const Pictures decoded = read();
  const uint64_t bytes = fs::file_size(cache_file());
  {
    const ImageFolder pictures = open();
    Pictures first;
    for (int i = 0; i < kCount; ++i) {
      if (i == kCount / 2) fs::resize_file(cache_file(), bytes / 2);
      first.push_back(pictures.picture(i));
    }
    EXPECT_TRUE(equal(first, decoded));
  }
  EXPECT_TRUE(equal(read(), decoded));
  EXPECT_EQ(fs::file_size(cache_file()), bytes);
  EXPECT_EQ(files_in_cache_folder(), 1u);
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
