// SPDX-License-Identifier: Apache-2.0
// Files in the address space: one that is there, and one in the making that several threads fill
// and nobody sees before it is whole. Mapped pages are the system's to take back: they need no room
// in memory that anything else wants.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "catdog/core/files.hpp"

namespace catdog {

class File;

// The bytes of a file, read-only. They stay after the file is renamed, replaced or removed.
class MappedFile {
 public:
  // Throws Error if `path` is no regular file, is empty or cannot be mapped.
  explicit MappedFile(const fs::path& path);
  // The same for an open file.
  MappedFile(int descriptor, const fs::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return bytes_; }

 private:
  std::string_view bytes_;
};

// A file of a known size, written piece by piece in any order to `<path>.tmp.<pid>.<n>`, which is
// removed again unless it is published. It is locked, so that what a killed process left behind can
// be told from it.
class NewFile {
 public:
  // Takes room for `bytes` on the disk, so that a full one is found out now. Throws Error.
  NewFile(fs::path path, uint64_t bytes);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  // Writes `bytes` at `offset`. Safe to call from several threads. Throws Error.
  void write(uint64_t offset, std::string_view bytes);

  // What has been written so far, zeros elsewhere; later writes show.
  std::string_view bytes() const { return mapped_->bytes(); }

  // Puts the file in its place, in one step; whoever has the former one open keeps that. Does not
  // wait for the disk: after a power cut, parts may be zeros. Throws Error.
  void publish();

 private:
  fs::path path_, temporary_;
  std::unique_ptr<File> file_;
  std::unique_ptr<MappedFile> mapped_;
  bool published_ = false;
};

// Removes what a NewFile of `path` left behind when its process was killed; nothing where the file
// system has no locks.
void remove_abandoned(const fs::path& path);

}  // namespace catdog
