// SPDX-License-Identifier: Apache-2.0
// All or nothing: entries of a folder are made in a hidden folder within it (the same file system,
// also where the folder is a mount point), then moved into place in a few renames.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "catdog/core/files.hpp"

namespace catdog {

class File;

// The hidden folder, `<destination>/<prefix><16 hexadecimal digits>`. Its journal says what is moved
// before anything is: each entry's name, inode, and state of all below it.
class WorkFolder {
 public:
  // Throws Error if it cannot be made.
  WorkFolder(fs::path destination, const std::string& prefix);
  // Removes it. Without publish(), `destination` is as it was before.
  ~WorkFolder();
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;

  // Where the entries are made.
  fs::path folder() const { return path_ / "new"; }

  // Moves the entries `made` of folder() into the destination, in that order, and removes those
  // called `replaced` that were there before. Throws Error; the destination then holds the former
  // ones.
  void publish(const std::vector<std::string>& made, const std::vector<std::string>& replaced);

  // Brings `destination` to a clean end after processes that were killed while they had a work
  // folder of this prefix in it: all of what one published, or nothing. Only what the journal lists,
  // and what has not been changed since, is moved or removed. Throws ConfigError that names anything
  // else of this prefix and says what to do, and Error if a process is at work there.
  static void clear_remains(const fs::path& destination, const std::string& prefix);

 private:
  fs::path destination_, path_;
  std::unique_ptr<File> lock_;  // held while the process is at work
  bool is_published_ = false;
  bool is_kept_ = false;  // something in it could not be put back
};

}  // namespace catdog
