// SPDX-License-Identifier: Apache-2.0
// What the tests of the disk cache share: a folder of pictures, runs that read it, and whether a
// run rewrote the cache's file.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>

#include "catdog/data/image_folder.hpp"
#include "test_support.hpp"

namespace catdog::test {

using Pictures = std::vector<Picture>;

inline bool equal(const Pictures& a, const Pictures& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.size() == y.size() && cv::norm(x, y, cv::NORM_INF) == 0;
  });
}

class DiskCacheTest : public testing::Test {
 protected:
  static constexpr int kCount = 12;  // pictures, half of each kind

  DiskCacheTest() {
    for (int i = 0; i < kCount; ++i) write_picture(picture_file(i), i);
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

  // The first `count` pictures of a run of its own; cloned: a caller must not change them.
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
    std::string bytes = read_text(cache_file());
    bytes.at(offset) = static_cast<char>(bytes.at(offset) ^ 1);
    write_text(cache_file(), bytes);
  }

  TempFolder folder_;
  DataOptions options_{.image_size = 16};
};

}  // namespace catdog::test
