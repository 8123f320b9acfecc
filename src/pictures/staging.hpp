// SPDX-License-Identifier: Apache-2.0
// All or nothing: a split is made in a dot folder inside its destination (the same file system,
// also where the destination is a mount point), then moved into place in a few renames.
#pragma once

#include <filesystem>
#include <optional>

#include "catdog/core/files.hpp"

namespace catdog {

// Keeps other splits out of a folder. The lock is on the folder itself: it needs no file, and the
// kernel releases it with the process.
class FolderLock {
 public:
  explicit FolderLock(const fs::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

class Staging {
 public:
  // Makes the destination if it is absent, keeps other splits out of it, and undoes or clears away
  // what a killed one left. Without publish(), destruction leaves it as it was before. Throws
  // ConfigError if the destination holds anything else and `force` is not set; Error if it cannot
  // be written or another split is at work in it.
  Staging(const fs::path& destination, bool force);
  // Where train, validation, test and, last, split.json are to be made.
  fs::path folder() const;

  // Replaces the destination's train, validation, test and split.json by those made, and touches
  // nothing else there. Throws Error; then it holds the former ones.
  void publish();

 private:
  fs::path destination_;
  NewFolder made_destination_;
  FolderLock lock_;
  fs::path staging_;
  std::optional<NewFolder> made_staging_;
};

}  // namespace catdog
