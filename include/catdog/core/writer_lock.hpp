// SPDX-License-Identifier: Apache-2.0
// One process at a time may write to a folder.
#pragma once

#include <memory>

#include "catdog/core/files.hpp"

namespace catdog {

class File;

inline constexpr const char* kLockFile = ".lock";

// Held while it lives, and gone with the process however that ends. The lock is the kernel's, on
// the file `<folder>/.lock`; the process id in that file is for messages alone.
class WriterLock {
 public:
  // Throws ModelError, naming the folder and the process, if another process has it, or naming the
  // file if check_own_entry refuses it; Error if the file cannot be written. A file system without
  // locks gives a warning.
  explicit WriterLock(const fs::path& folder);
  ~WriterLock();
  WriterLock(WriterLock&&) noexcept;
  WriterLock& operator=(WriterLock&&) noexcept;

 private:
  std::unique_ptr<File> file_;
};

// Whether a process has the folder's lock, asked without taking it even for a moment: a run that
// begins meanwhile must not be refused. False where the file system has no locks.
bool is_locked(const fs::path& folder);

}  // namespace catdog
