// SPDX-License-Identifier: Apache-2.0
// All or nothing: a split is made in a WorkFolder inside its destination.
#pragma once

#include <filesystem>
#include <optional>

#include "catdog/core/files.hpp"
#include "catdog/core/work_folder.hpp"

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
  // Makes the destination if it is absent, keeps other splits out of it, and brings it to a clean end
  // where a split was killed in it. Without publish(), destruction leaves it as it was before. Throws
  // ConfigError if the destination holds anything else and `force` is not set; Error if it cannot
  // be written or another split is at work in it.
  Staging(const fs::path& destination, bool force);
  // Where train, validation, test and, last, split.json are to be made.
  fs::path folder() const { return work_->folder(); }

  // Replaces the destination's train, validation, test and split.json by those made, and touches
  // nothing else there. Throws Error; then it holds the former ones.
  void publish();

 private:
  NewFolder made_destination_;
  FolderLock lock_;
  std::optional<WorkFolder> work_;
};

}  // namespace catdog
