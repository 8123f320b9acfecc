// SPDX-License-Identifier: Apache-2.0
#include "catdog/data/disk_cache.hpp"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "catdog/core/error.hpp"

namespace catdog {
namespace {

// The file: one line of text that tells all that decides the pixels, padded with zeros; the SHA-256
// of that and the table; the table, for each picture the SHA-256 of its source and of its pixels,
// all in hexadecimal; the pixels.
constexpr size_t kLineBytes = 192;
constexpr size_t kDigestBytes = 64;
constexpr size_t kHeaderBytes = kLineBytes + kDigestBytes;
constexpr size_t kEntryBytes = 2 * kDigestBytes;

std::string_view pixels_of(const Picture& picture) {
  return {reinterpret_cast<const char*>(picture.data), picture.total() * picture.elemSize()};
}

}  // namespace

DiskCache::DiskCache(fs::path file, size_t count, Size size, Resampling resampling)
    : file_(std::move(file)),
      count_(count),
      size_(size),
      resampling_(resampling),
      picture_bytes_(size_t{3} * static_cast<size_t>(size.height) *
                     static_cast<size_t>(size.width)),
      asked_for_(count),
      entries_(count) {
  remove_abandoned(file_);
  open_former();
}

std::string DiskCache::header(std::string_view table, size_t count) const {
  std::string line =
      fmt::format("catdog pixels 1, {} pictures {}x{}, resampling {}, {}\n", count, size_.height,
                  size_.width, static_cast<int>(resampling_), decoder_version());
  line.resize(kLineBytes);
  return line + sha256(line + std::string(table));
}

size_t DiskCache::place(size_t index, size_t count) const {
  return kHeaderBytes + count * kEntryBytes + index * picture_bytes_;
}

// Other settings, another version, a damaged table or a file cut short: as good as no file.
void DiskCache::open_former() {
  try {
    former_ = std::make_unique<MappedFile>(file_);
  } catch (const Error&) {
    return;
  }
  const std::string_view bytes = former_->bytes();
  const size_t count =
      (bytes.size() - std::min(bytes.size(), kHeaderBytes)) / (kEntryBytes + picture_bytes_);
  const bool whole = count > 0 && bytes.size() == place(count, count);
  const std::string_view table = whole ? bytes.substr(kHeaderBytes, count * kEntryBytes) : "";
  if (!whole || bytes.substr(0, kHeaderBytes) != header(table, count)) {
    former_.reset();
    return;
  }
  former_count_ = count;
  for (size_t i = 0; i < count; ++i) {
    former_indices_.emplace(table.substr(i * kEntryBytes, kDigestBytes), i);
  }
}

DiskCache::Result DiskCache::picture(size_t index, std::string_view source,
                                     const std::function<Picture()>& decode) {
  if (asked_before(index)) return {decode(), /*on_disk=*/false};
  std::string digest = sha256(source);
  Entry entry = find(digest);
  Picture decoded;
  if (entry.data == nullptr) decoded = decode();
  try {
    if (entry.data == nullptr) entry = write(index, std::move(digest), decoded);
    if (entry.data != nullptr) note(index, entry);
  } catch (const Error& error) {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(given_up_, true)) {
      spdlog::warn("no disk cache ({}); data.cache_mb of memory are used instead", error.what());
    }
  }
  if (entry.data == nullptr) return {decoded, /*on_disk=*/false};
  // cv::Mat has no const form; the pages are read-only.
  return {Picture(size_.height, size_.width, CV_8UC3, const_cast<char*>(entry.data)),
          /*on_disk=*/true};
}

bool DiskCache::asked_before(size_t index) {
  const std::lock_guard lock(mutex_);
  const bool before = asked_for_[index];
  asked_for_[index] = true;
  return before;
}

DiskCache::Entry DiskCache::find(const std::string& source) const {
  const auto found = former_indices_.find(source);
  if (found == former_indices_.end()) return {};
  const std::string_view bytes = former_->bytes();
  const std::string_view pixels = bytes.substr(place(found->second, former_count_), picture_bytes_);
  const std::string_view digest =
      bytes.substr(kHeaderBytes + found->second * kEntryBytes + kDigestBytes, kDigestBytes);
  if (sha256(pixels) != digest) return {};
  return {source, std::string(digest), pixels.data()};
}

DiskCache::Entry DiskCache::write(size_t index, std::string source, const Picture& picture) {
  {
    const std::lock_guard lock(mutex_);
    if (given_up_) return {};
    if (!made_) {
      std::error_code error;
      fs::create_directory(file_.parent_path(), error);
      if (error) {
        throw Error("cannot make the folder " + shown(file_.parent_path()) + ": " +
                    error.message());
      }
      made_ = std::make_unique<NewFile>(file_, place(count_, count_));
    }
  }
  const size_t at = place(index, count_);
  made_->write(at, pixels_of(picture));
  return {std::move(source), sha256(pixels_of(picture)), made_->bytes().data() + at};
}

void DiskCache::note(size_t index, const Entry& entry) {
  const std::lock_guard lock(mutex_);
  entries_[index] = entry;
  if (++seen_ == count_ && made_ && !given_up_) publish();
}

void DiskCache::publish() {
  std::string table;
  for (size_t i = 0; i < count_; ++i) {
    table += entries_[i].source + entries_[i].pixels;
    const size_t at = place(i, count_);
    if (entries_[i].data != made_->bytes().data() + at) {
      made_->write(at, {entries_[i].data, picture_bytes_});
    }
  }
  made_->write(0, header(table, count_) + table);
  made_->publish();
}

}  // namespace catdog
