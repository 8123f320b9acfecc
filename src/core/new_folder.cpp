// SPDX-License-Identifier: Apache-2.0
// Folders that vanish again: only what was made here is removed, known by its inode.
#include <stdlib.h>
#include <sys/stat.h>

#include <system_error>

#include "catdog/core/files.hpp"
#include "open_file.hpp"

namespace catdog {

NewFolder::NewFolder(fs::path path) {
  if (path.has_relative_path() && !path.has_filename()) path = path.parent_path();  // "a/b/"
  try {
    make(path, path);
  } catch (...) {
    remove();
    throw;
  }
}

// Makes `path` on the way to `whole`.
void NewFolder::make(const fs::path& path, const fs::path& whole) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return;
  const auto fail_to_make = [&](const std::string& why) {
    throw Error("cannot make the folder " + shown(whole) + ": " + why);
  };
  if (path.has_parent_path() && path.parent_path() != path) make(path.parent_path(), whole);
  if (::mkdir(path.c_str(), 0777) == 0) {
    if (const auto id = file_id(path)) made_.emplace_back(path, *id);
    return;
  }
  const int error = errno;
  if (error != EEXIST) fail_to_make(std::strerror(error));
  // Another process may have made it meanwhile.
  if (!fs::is_directory(path, ignored)) fail_to_make(std::strerror(ENOTDIR));
}

void NewFolder::remove() const {
  for (auto made = made_.rbegin(); made != made_.rend(); ++made) {
    if (file_id(made->first) == made->second) ::rmdir(made->first.c_str());  // if it is empty
  }
}

NewFolder::~NewFolder() { remove(); }

TemporaryFolder::TemporaryFolder(const std::string& prefix) {
  std::string name = (fs::temp_directory_path() / (prefix + ".XXXXXX")).string();
  if (::mkdtemp(name.data()) == nullptr) fail("cannot make the folder", name);
  path_ = name;
  id_ = file_id(path_).value_or(FileId());
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (file_id(path_) == id_) fs::remove_all(path_, ignored);
}

}  // namespace catdog
