// SPDX-License-Identifier: Apache-2.0
// A file descriptor that closes itself, its lock, and the error that names a file and what the
// system says.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <span>
#include <string>
#include <utility>

#include "catdog/core/error.hpp"
#include "catdog/core/file_system.hpp"
#include "catdog/core/files.hpp"

namespace catdog {

[[noreturn]] inline void fail(const std::string& what, const fs::path& path, int error = errno) {
  throw FileError(what + " " + shown(path) + ": " + std::strerror(error), error);
}

// How the names of temporary files for `path` begin: the file's name, or a shorter one that no other
// file's has where `.tmp.<16 digits>.0` behind it could be more than a name may have (143 bytes on
// eCryptfs, 255 elsewhere).
inline std::string temporary_stem(const fs::path& path) {
  constexpr size_t kLongest = 100, kDigits = 16;
  const std::string name = path.filename().string();
  if (name.size() <= kLongest) return name;
  return name.substr(0, kLongest - kDigits) + sha256(name).substr(0, kDigits);
}

// Two lower-case hexadecimal digits a byte.
inline std::string hexadecimal(std::span<const unsigned char> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : bytes) text += {kDigits[byte >> 4], kDigits[byte & 15]};
  return text;
}

class File {
 public:
  File() = default;
  explicit File(int descriptor) : descriptor_(descriptor) {}  // -1: not open
  File(const fs::path& path, int flags, mode_t mode = 0)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }

  bool is_open() const { return descriptor_ >= 0; }
  int get() const { return descriptor_; }
  // Closes now; false where the last of the data could not be written.
  bool close() { return ::close(std::exchange(descriptor_, -1)) == 0; }

 private:
  int descriptor_ = -1;
};

enum class Lock { taken, others, unknown };  // unknown: the file system has none

// The lock on a whole file that only one open file may have, for F_OFD_SETLK and F_OFD_GETLK.
inline struct flock whole_file_lock() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

// Locks a file that is open for writing until it is closed. Where the file system has no locks a
// warning says so.
inline Lock lock(const File& file, const fs::path& path) {
  struct flock wanted = whole_file_lock();
  if (::fcntl(file.get(), F_OFD_SETLK, &wanted) == 0) return Lock::taken;
  if (errno == EAGAIN || errno == EACCES) return Lock::others;
  warn_unsupported(Unsupported::lock, path, errno);
  return Lock::unknown;
}

}  // namespace catdog
