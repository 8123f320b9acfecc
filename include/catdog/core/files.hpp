// SPDX-License-Identifier: Apache-2.0
// Whole files in and out: reading with a size cap, atomic durable writing, SHA-256, and folders
// that vanish again unless they are kept.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "catdog/core/error.hpp"

namespace catdog {

namespace fs = std::filesystem;

// A file that the system could not read or write.
class FileError : public Error {
 public:
  // `number` is an errno.
  FileError(const std::string& message, int number) : Error(message), number_(number) {}

  // True where the disk is full or fails, so that no other file can be written to it either; false
  // where the reason may be this file's alone, as a name that is too long.
  bool is_of_disk() const;

  int number() const { return number_; }

 private:
  int number_;
};

// A path as it is shown to a person: control characters and invalid UTF-8 escaped as \xHH.
std::string shown(const fs::path& path);

// The bytes of a regular file. Throws Error naming the path if it cannot be opened, is not a
// regular file, or holds more than `max_bytes`. Never blocks on a FIFO or device.
std::string read_file(const fs::path& path, uint64_t max_bytes = uint64_t{1} << 32);

// Replaces `path` by `bytes` in one step: a reader or a crash sees the old file or the new one,
// never a part. Written to `<path>.tmp.<pid>` (a long name is cut), synced, renamed, folder synced, as
// far as the file system can (file_system.hpp). Throws Error.
void write_file_atomically(const fs::path& path, std::string_view bytes);

// Puts `bytes` behind those of `path`, made if it does not exist, and syncs. Cut off, some of them
// may stand there. Throws Error.
void append_to_file(const fs::path& path, std::string_view bytes);

// Removes what write_file_atomically left in `folder` when its process was killed: `.tmp.<pid>`
// after one of `names`, perhaps with `.0` behind. Only for a folder that no other process writes to.
void remove_temporaries(const fs::path& folder, const std::vector<std::string>& names);

// Throws Error if a file of `bytes` does not fit on the disk that holds `folder`.
void check_room(const fs::path& folder, uint64_t bytes);

// The SHA-256 of `bytes`, 64 lower-case hexadecimal digits.
std::string sha256(std::string_view bytes);

// Makes `path` and its missing parents; what it made is removed on destruction (with all that was
// put inside) unless keep() was called.
class NewFolder {
 public:
  explicit NewFolder(fs::path path);
  ~NewFolder();
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

  void keep() { first_made_.clear(); }

 private:
  fs::path first_made_;  // the topmost folder that did not exist before; empty if none
};

// Orders names as people count: runs of digits by value, the rest byte by byte (cat.2 < cat.10).
bool natural_less(std::string_view a, std::string_view b);

}  // namespace catdog
