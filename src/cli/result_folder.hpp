// SPDX-License-Identifier: Apache-2.0
// A new folder of results, of which a command that fails or is killed leaves nothing.
#pragma once

#include <optional>

#include "catdog/core/files.hpp"
#include "catdog/core/work_folder.hpp"

namespace catdog {

class ResultFolder {
 public:
  // Makes `folder` if it is absent, and clears away what a killed command left in it. Throws
  // ConfigError if it holds anything else; `flag` is the one that named it.
  ResultFolder(const fs::path& folder, const char* flag);

  // Where the results are to be written.
  fs::path folder() const { return work_->folder(); }

  // Moves them into place. Throws Error; then the folder is as it was before.
  void publish();

 private:
  NewFolder made_;
  std::optional<WorkFolder> work_;
};

}  // namespace catdog
