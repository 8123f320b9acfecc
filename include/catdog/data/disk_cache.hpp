// SPDX-License-Identifier: Apache-2.0
// Decoded images of one folder in one file, for the next run. They are read where they are needed,
// so that memory holds them only while nothing else needs it: in the system's cache of files.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "catdog/core/private_file.hpp"
#include "catdog/pictures/decode.hpp"

namespace catdog {

// An image is found by the SHA-256 of its file's bytes, which is computed once a run: times and
// sizes of files can lie, and reading and hashing a file takes a thirtieth of decoding it. What is
// found is checked against the SHA-256 of the pixels. That tells damage, not forgery, because the
// digests stand in the same file: so the cache is used only if no other user can have written it
// (PrivateFolder, PrivateFile). Otherwise a warning says why, and there is no cache.
//
// The file is never changed. Where an image is missing, a new one is filled beside it while the
// images are used for the first time, and takes its name when each has been; whoever has the
// former one open keeps that. So two processes may use one folder at a time, each with a file of
// its own in the making, and after a crash there is the former file or the new one.
class DiskCache {
 public:
  // `file`: where the cache is, or will be; its folder is made when there is something to write.
  // The folder has `count` images, decoded to `size`.
  DiskCache(fs::path file, size_t count, Size size, Resampling resampling);

  struct Result {
    Picture picture;
    bool on_disk;  // `again` gives it from now on
  };

  // Image `index`, whose file holds `source`: from the cache, or else from `decode`, whose errors
  // pass through. Where the cache cannot be written, says so once as a warning and goes on without.
  // Safe to call from several threads.
  Result picture(size_t index, std::string_view source, const std::function<Picture()>& decode);

  // An image that `picture` has put on the disk or found there, without its source; empty if it has
  // not, or if it cannot be read any more, which one warning says. Safe to call from several
  // threads.
  Picture again(size_t index);

 private:
  enum class Place { none, former, made };  // which file holds an image's pixels

  struct Entry {
    std::string source = {}, pixels = {};  // SHA-256, hexadecimal
    Place place = Place::none;
    uint64_t offset = 0;  // in that file
  };

  std::string header(std::string_view table, size_t count) const;
  uint64_t offset_of(size_t index, size_t count) const;
  void open_former();
  void give_up(const std::string& why);
  bool asked_before(size_t index);
  Picture read(const Entry& entry) const;
  // The image with this digest in the former file; none if there is none, or it is not whole.
  std::optional<std::pair<Entry, Picture>> find(const std::string& source) const;
  // None where the cache was given up.
  std::optional<Entry> write(size_t index, std::string source, const Picture& picture);
  void note(size_t index, const Entry& entry);
  void publish();

  const fs::path file_;
  const size_t count_;
  const Size size_;
  const Resampling resampling_;
  const size_t picture_bytes_;

  std::optional<PrivateFolder> folder_;  // none: not made yet, or not trusted
  std::unique_ptr<PrivateFile> former_;
  std::string former_table_;
  size_t former_count_ = 0;
  std::unordered_map<std::string_view, size_t> former_indices_;  // by source

  std::mutex mutex_;             // guards what follows
  std::vector<bool> asked_for_;  // each is looked up and written once
  std::unique_ptr<NewPrivateFile> made_;
  std::vector<Entry> entries_;
  size_t seen_ = 0;
  bool given_up_ = false;
  bool warned_of_reading_ = false;
};

}  // namespace catdog
