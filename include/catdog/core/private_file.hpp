// SPDX-License-Identifier: Apache-2.0
// Files that only this user can have written: a folder and a file that are trusted after a check,
// and a file in the making that several threads fill and nobody sees before it is whole.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "catdog/core/files.hpp"

namespace catdog {

class File;

// A folder that belongs to the effective user and that no other user may write to.
class PrivateFolder {
 public:
  // Opens `path`; with `make`, creates it with mode 0700 if it is missing (not its parents). Throws
  // FileError with ENOENT if it is missing, Error if it is a symbolic link, belongs to another user
  // or can be written to by others.
  enum class Missing { is_error, is_made };
  PrivateFolder(fs::path path, Missing missing);
  ~PrivateFolder();
  PrivateFolder(PrivateFolder&&) noexcept;

  const fs::path& path() const { return path_; }
  int descriptor() const;

 private:
  fs::path path_;
  std::unique_ptr<File> folder_;
};

// A regular file in a PrivateFolder that belongs to the effective user, that no other user may
// write to, and that has no other name.
class PrivateFile {
 public:
  // Throws FileError with ENOENT if there is no file `name`, Error if the file is not private.
  PrivateFile(const PrivateFolder& folder, const std::string& name);
  ~PrivateFile();

  uint64_t size() const { return size_; }  // bytes, when it was opened

  // Fills `bytes` from `offset` on. Safe to call from several threads. Throws Error if the file
  // cannot be read or ends before; it may have been truncated after it was opened.
  void read(uint64_t offset, std::span<char> bytes) const;

 private:
  fs::path path_;
  std::unique_ptr<File> file_;
  uint64_t size_ = 0;
};

// A file of a known size and mode 0600, written piece by piece in any order to
// `<name>.tmp.<pid>.<n>`, which is removed again unless it is published. It is locked, so that what
// a killed process left behind can be told from it.
class NewPrivateFile {
 public:
  // Takes room for `bytes` on the disk, so that a full one is found out now. Throws Error.
  NewPrivateFile(const PrivateFolder& folder, const std::string& name, uint64_t bytes);
  ~NewPrivateFile();

  // Both are safe to call from several threads, and throw Error.
  void write(uint64_t offset, std::string_view bytes);
  // Fills `bytes` with what was written there.
  void read(uint64_t offset, std::span<char> bytes) const;

  // Gives the file its name, in one step; whoever has the former one open keeps that. Does not wait
  // for the disk: after a power cut, parts may be zeros. Throws Error.
  void publish();

 private:
  fs::path path_, temporary_;
  std::unique_ptr<File> file_;
  bool published_ = false;
};

// Removes what a NewPrivateFile of `name` left behind when its process was killed; nothing where
// the file system has no locks.
void remove_abandoned(const PrivateFolder& folder, const std::string& name);

}  // namespace catdog
