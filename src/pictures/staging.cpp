// SPDX-License-Identifier: Apache-2.0
#include "staging.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <vector>

#include "catdog/core/error.hpp"
#include "catdog/core/file_system.hpp"
#include "split_record.hpp"

namespace catdog {
namespace {

constexpr const char* kPrefix = ".catdog-split.";
// In the order of moving in: where split.json is new, all is.
constexpr std::array kEntries = {kSubsets[0], kSubsets[1], kSubsets[2], kSplitRecord};

bool is_there(const fs::path& path) {  // a broken link is
  return fs::symlink_status(path).type() != fs::file_type::not_found;
}

}  // namespace

// flock, since the locks of fcntl need a file that is open for writing, which no folder can be.
FolderLock::FolderLock(const fs::path& folder)
    : descriptor_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
  if (descriptor_ >= 0 && errno == EWOULDBLOCK) {
    ::close(descriptor_);
    throw Error(shown(folder) + ": another catdog split is writing there; wait until it is done");
  }
  warn_unsupported(Unsupported::lock, folder, errno);
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Staging::Staging(const fs::path& destination, bool force)
    : made_destination_(destination), lock_(destination) {
  try {
    WorkFolder::clear_remains(destination, kPrefix);
    if (!force && !fs::is_empty(destination)) {
      throw ConfigError(shown(destination) +
                        " is not empty; choose another folder, or replace its split with --force");
    }
    for (const char* subset : kSubsets) {
      if (is_there(destination / subset) && !is_there(destination / kSplitRecord)) {
        throw ConfigError(shown(destination / subset) +
                          " was not made by catdog split, so --force does not replace it; choose "
                          "another folder");
      }
    }
    work_.emplace(destination, kPrefix);
  } catch (const fs::filesystem_error& error) {
    throw Error("cannot write to " + shown(destination) + ": " + error.code().message());
  }
}

void Staging::publish() {
  const std::vector<std::string> entries(kEntries.begin(), kEntries.end());
  work_->publish(entries, entries);
  made_destination_.keep();
}

}  // namespace catdog
