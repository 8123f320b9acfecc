// SPDX-License-Identifier: Apache-2.0
// Decoded pictures of one folder in one file, for the next run: mapped, not read, so that memory
// holds them only while nothing else needs it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "catdog/core/mapped_file.hpp"
#include "catdog/pictures/decode.hpp"

namespace catdog {

// A picture is found by the SHA-256 of its file's bytes, which is computed once a run: times and
// sizes of files can lie, and reading and hashing a file takes a thirtieth of decoding it. What is
// found is checked against the SHA-256 of the pixels. So whatever happened to the cache or to the
// pictures, what comes out is what decoding would give.
//
// The file is never changed. Where a picture is missing, a new one is filled beside it while the
// pictures are used for the first time, and takes its place when each has been; whoever has the
// former one mapped keeps that. So two processes may use one folder at a time, each with a file of
// its own in the making, and after a crash there is the former file or the new one.
class DiskCache {
 public:
  // `file`: where the cache is, or will be; its folder is made when there is something to write.
  // The folder has `count` pictures, decoded to `size`.
  DiskCache(fs::path file, size_t count, Size size, Resampling resampling);

  struct Result {
    Picture picture;
    bool on_disk;  // its pixels are in the file, must not be changed, and live as the cache does
  };

  // Picture `index`, whose file holds `source`: from the cache, or else from `decode`, whose errors
  // pass through. Where the cache cannot be written, says so once as a warning and goes on without.
  // Once given, a picture is the caller's to keep: asked for again, it is decoded. Safe to call
  // from several threads.
  Result picture(size_t index, std::string_view source, const std::function<Picture()>& decode);

 private:
  struct Entry {
    std::string source, pixels;  // SHA-256, hexadecimal
    const char* data = nullptr;  // the pixels where they are mapped
  };

  std::string header(std::string_view table, size_t count) const;
  size_t place(size_t index, size_t count) const;
  void open_former();
  bool asked_before(size_t index);
  // Each without data if there is none: the file has it not, or not whole; it cannot be written.
  Entry find(const std::string& source) const;
  Entry write(size_t index, std::string source, const Picture& picture);
  void note(size_t index, const Entry& entry);
  void publish();

  const fs::path file_;
  const size_t count_;
  const Size size_;
  const Resampling resampling_;
  const size_t picture_bytes_;

  std::unique_ptr<MappedFile> former_;
  size_t former_count_ = 0;
  std::unordered_map<std::string_view, size_t> former_indices_;  // by source

  std::mutex mutex_;             // guards what follows
  std::vector<bool> asked_for_;  // each is looked up and written once
  std::unique_ptr<NewFile> made_;
  std::vector<Entry> entries_;
  size_t seen_ = 0;
  bool given_up_ = false;
};

}  // namespace catdog
