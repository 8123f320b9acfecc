// SPDX-License-Identifier: Apache-2.0
// The disk cache gives what decoding gives, and only spares the decoding: whatever happens to its
// file or to the pictures.
#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "disk_cache_support.hpp"

namespace catdog {
namespace {

using test::DiskCacheTest;
using test::equal;
using test::Pictures;

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
  const Picture first = pictures.picture(3);
  fs::remove(picture_file(3));
  EXPECT_EQ(cv::norm(pictures.picture(3), first, cv::NORM_INF), 0);
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
  fs::create_directory(cache_file());  // is not trusted
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

}  // namespace
}  // namespace catdog
