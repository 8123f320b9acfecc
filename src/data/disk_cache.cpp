// SPDX-License-Identifier: Apache-2.0
#include "catdog/data/disk_cache.hpp"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "catdog/core/error.hpp"

namespace catdog {
namespace {

// The file: one line of text that tells all that decides the pixels, padded with zeros; the SHA-256
// of that and the table; the table, for each image the SHA-256 of its source and of its pixels,
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
  try {
    folder_.emplace(file_.parent_path(), PrivateFolder::Missing::is_error);
    remove_abandoned(*folder_, file_.filename());
    former_ = std::make_unique<PrivateFile>(*folder_, file_.filename());
    open_former();
  } catch (const FileError& error) {
    if (error.number() != ENOENT) give_up(error.what());
  } catch (const Error& error) {
    give_up(error.what());
  }
}

// No file is read or written from here on, except for images that are on the disk already.
void DiskCache::give_up(const std::string& why) {
  const std::lock_guard lock(mutex_);
  if (!std::exchange(given_up_, true)) {
    spdlog::warn("no disk cache ({}); data.cache_mb of memory are used instead", why);
  }
}

std::string DiskCache::header(std::string_view table, size_t count) const {
  std::string line =
      fmt::format("catdog pixels 1, {} pictures {}x{}, resampling {}, {}\n", count, size_.height,
                  size_.width, static_cast<int>(resampling_), decoder_version());
  line.resize(kLineBytes);
  return line + sha256(line + std::string(table));
}

uint64_t DiskCache::offset_of(size_t index, size_t count) const {
  return kHeaderBytes + count * kEntryBytes + index * picture_bytes_;
}

// Other settings, another version, a damaged table or a file cut short: as good as no file.
void DiskCache::open_former() {
  const uint64_t bytes = former_->size();
  const size_t count =
      (bytes - std::min<uint64_t>(bytes, kHeaderBytes)) / (kEntryBytes + picture_bytes_);
  std::string start;
  if (count > 0 && bytes == offset_of(count, count)) {
    start.resize(offset_of(0, count));
    former_->read(0, start);
    former_table_ = start.substr(kHeaderBytes);
    start.resize(kHeaderBytes);
  }
  if (start.empty() || start != header(former_table_, count)) {
    former_.reset();
    return;
  }
  former_count_ = count;
  const std::string_view table = former_table_;
  for (size_t i = 0; i < count; ++i) {
    former_indices_.emplace(table.substr(i * kEntryBytes, kDigestBytes), i);
  }
}

DiskCache::Result DiskCache::picture(size_t index, std::string_view source,
                                     const std::function<Picture()>& decode) {
  if (asked_before(index)) return {decode(), /*on_disk=*/false};
  std::string digest = sha256(source);
  std::optional<Entry> entry;
  Picture picture;
  if (auto found = find(digest)) {
    entry = std::move(found->first);
    picture = std::move(found->second);
  } else {
    picture = decode();
  }
  try {
    if (!entry) entry = write(index, std::move(digest), picture);
    if (entry) note(index, *entry);
  } catch (const Error& error) {
    give_up(error.what());
  }
  return {picture, /*on_disk=*/entry.has_value()};
}

Picture DiskCache::again(size_t index) {
  Entry entry;
  {
    const std::lock_guard lock(mutex_);
    entry.place = entries_[index].place;
    entry.offset = entries_[index].offset;
  }
  if (entry.place == Place::none) return {};
  try {
    return read(entry);
  } catch (const Error& error) {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(warned_of_reading_, true)) {
      spdlog::warn("the disk cache is damaged ({}): images are decoded again", error.what());
    }
    entries_[index].place = Place::none;
    return {};
  }
}

bool DiskCache::asked_before(size_t index) {
  const std::lock_guard lock(mutex_);
  const bool before = asked_for_[index];
  asked_for_[index] = true;
  return before;
}

Picture DiskCache::read(const Entry& entry) const {
  Picture picture(size_.height, size_.width, CV_8UC3);
  const std::span bytes(reinterpret_cast<char*>(picture.data), picture_bytes_);
  if (entry.place == Place::former) {
    former_->read(entry.offset, bytes);
  } else {
    made_->read(entry.offset, bytes);
  }
  return picture;
}

std::optional<std::pair<DiskCache::Entry, Picture>> DiskCache::find(
    const std::string& source) const {
  const auto found = former_indices_.find(source);
  if (found == former_indices_.end()) return std::nullopt;
  Entry entry = {.source = source,
                 .pixels = former_table_.substr(found->second * kEntryBytes + kDigestBytes,
                                                kDigestBytes),
                 .place = Place::former,
                 .offset = offset_of(found->second, former_count_)};
  try {
    Picture picture = read(entry);
    if (sha256(pixels_of(picture)) != entry.pixels) return std::nullopt;
    return std::pair(std::move(entry), std::move(picture));
  } catch (const Error&) {  // truncated meanwhile: as if it did not hold the image
    return std::nullopt;
  }
}

std::optional<DiskCache::Entry> DiskCache::write(size_t index, std::string source,
                                                 const Picture& picture) {
  {
    const std::lock_guard lock(mutex_);
    if (given_up_) return std::nullopt;
    if (!made_) {
      if (!folder_) folder_.emplace(file_.parent_path(), PrivateFolder::Missing::is_made);
      made_ = std::make_unique<NewPrivateFile>(*folder_, file_.filename(),
                                               offset_of(count_, count_));
    }
  }
  const uint64_t offset = offset_of(index, count_);
  made_->write(offset, pixels_of(picture));
  return Entry{std::move(source), sha256(pixels_of(picture)), Place::made, offset};
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
    if (entries_[i].place == Place::made) continue;
    if (entries_[i].place == Place::none) throw Error(shown(file_) + " was truncated");
    const Picture picture = read(entries_[i]);
    if (sha256(pixels_of(picture)) != entries_[i].pixels) {
      throw Error(shown(file_) + " was changed while it was in use");
    }
    made_->write(offset_of(i, count_), pixels_of(picture));
  }
  made_->write(0, header(table, count_) + table);
  made_->publish();
}

}  // namespace catdog
