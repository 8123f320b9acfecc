// SPDX-License-Identifier: Apache-2.0
// What an operation is about to move, written down and synced before it moves anything, so that
// after a crash nothing is touched that it did not make or move itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "open_folder.hpp"

namespace catdog {

// One entry of a folder as it was when the journal was written. Moving it changes none of this. Its
// device is not in the journal, since a device's number may change when a disk is mounted again:
// an entry is on the device of the folder that holds it.
struct JournaledEntry {
  std::string name;
  uint64_t inode = 0;
  // The SHA-256 of the names, inodes and times of the last change of it and of all below it: the
  // number of an inode may be used again, and somebody may have put something into a folder.
  std::string state;
  bool is_made = false;  // by the operation; else it was there before, and is moved aside

  bool operator==(const JournaledEntry&) const = default;
};

struct Journal {
  enum class Phase {
    making,   // nothing has been moved
    moving,   // `entries` may have been moved
    clearing  // all of them are where they belong: what is left goes
  };
  Phase phase = Phase::making;
  uint64_t destination = 0, work = 0;  // the inodes of the two folders
  std::vector<JournaledEntry> entries;

  bool operator==(const Journal&) const = default;
};

// Each phase has a file of its own, so that none is ever replaced; the last one that is there counts.
std::string journal_name(Journal::Phase phase);
std::string journal_text(const Journal& journal);

// None if `text` is no whole journal.
std::optional<Journal> parse_journal(std::string_view text);

// The entry `name` of `folder` as it is now; none if there is no such. Throws Error if something
// below it cannot be read.
std::optional<JournaledEntry> entry_now(const OpenFolder& folder, const std::string& name,
                                        bool is_made);

// Whether `folder` holds that entry, the same and unchanged.
bool holds(const OpenFolder& folder, const JournaledEntry& entry);

}  // namespace catdog
