// SPDX-License-Identifier: Apache-2.0
// A file descriptor that closes itself, its lock, and the error that names a file and what the
// system says.
#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"

namespace catdog {

[[noreturn]] inline void fail(const std::string& what, const fs::path& path, int error = errno) {
  throw FileError(what + " " + shown(path) + ": " + std::strerror(error), error);
}

class File {
 public:
  File() = default;
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

// Held until the file is closed.
inline Lock lock(const File& file) {
  if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return Lock::taken;
  return errno == EWOULDBLOCK ? Lock::others : Lock::unknown;
}

}  // namespace catdog
