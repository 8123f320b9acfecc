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

// Inside the staging folder: the new entries, and the former ones while they are being moved
// aside, which bear the second name as soon as all of them are.
constexpr const char* kNew = "new";
constexpr const char* kLeaving = "leaving";
constexpr const char* kReplaced = "replaced";

bool is_there(const fs::path& path) {  // a broken link is
  return fs::symlink_status(path).type() != fs::file_type::not_found;
}

void move_entries(const fs::path& from, const fs::path& to) {
  for (const char* entry : kEntries) {
    if (is_there(from / entry)) fs::rename(from / entry, to / entry);
  }
}

// Undoes a publish() that failed or was killed at any point; nothing to do before or after one.
void undo(const fs::path& staging, const fs::path& destination) {
  if (is_there(staging / kReplaced)) {
    if (!is_there(staging / kNew / kSplitRecord)) return;  // the last step was done
    move_entries(destination, staging / kNew);
    move_entries(staging / kReplaced, destination);
  }
  move_entries(staging / kLeaving, destination);
}

std::vector<fs::path> remains_of_killed_splits(const fs::path& destination) {
  std::vector<fs::path> remains;
  for (const fs::directory_entry& entry : fs::directory_iterator(destination)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(kPrefix) && entry.is_directory()) remains.push_back(entry.path());
  }
  return remains;
}

[[noreturn]] void cannot_write(const fs::path& destination, const fs::filesystem_error& error) {
  throw Error("cannot write to " + shown(destination) + ": " + error.code().message());
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
    : destination_(destination), made_destination_(destination), lock_(destination) {
  try {
    for (const fs::path& remains : remains_of_killed_splits(destination)) {
      undo(remains, destination);
      fs::remove_all(remains);
    }
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
    staging_ = destination / (kPrefix + std::to_string(::getpid()));
    made_staging_.emplace(staging_);
    fs::create_directory(staging_ / kNew);
  } catch (const fs::filesystem_error& error) {
    cannot_write(destination, error);
  }
}

fs::path Staging::folder() const { return staging_ / kNew; }

void Staging::publish() {
  try {
    fs::create_directory(staging_ / kLeaving);
    move_entries(destination_, staging_ / kLeaving);
    fs::rename(staging_ / kLeaving, staging_ / kReplaced);
    move_entries(staging_ / kNew, destination_);
    made_destination_.keep();
  } catch (const fs::filesystem_error& failure) {
    try {
      undo(staging_, destination_);
    } catch (const fs::filesystem_error&) {
      made_staging_->keep();
      made_destination_.keep();
      throw Error("cannot write to " + shown(destination_) + ": " + failure.code().message() +
                  "; its former split is kept in " + shown(staging_));
    }
    cannot_write(destination_, failure);
  }
}

}  // namespace catdog
