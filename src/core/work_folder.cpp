// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/work_folder.hpp"

#include <sys/file.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "journal.hpp"

namespace catdog {
namespace {

// Inside the work folder.
constexpr const char *kNew = "new", *kFormer = "former";

// In their order.
constexpr std::array kPhasesOfWork = {Journal::Phase::making, Journal::Phase::moving,
                                      Journal::Phase::clearing};

constexpr uint64_t kMaxJournalBytes = uint64_t{1} << 30;

[[noreturn]] void refuse_remains(const fs::path& path) {
  throw ConfigError(shown(path) +
                    ": was not left there by an interrupted catdog, or was changed since; look at "
                    "what it holds, and move it away or remove it");
}

[[noreturn]] void refuse_obstacle(const fs::path& path, const fs::path& work) {
  throw ConfigError(shown(path) + ": stands where an interrupted catdog has to put back what it " +
                    "keeps in " + shown(work) + "; move it away and try again");
}

// The last entry to be moved in says that all are.
bool is_committed(const Journal& journal, const OpenFolder& destination) {
  const auto last = std::find_if(journal.entries.rbegin(), journal.entries.rend(),
                                 [](const JournaledEntry& entry) { return entry.is_made; });
  return last != journal.entries.rend() && holds(destination, *last);
}

// Moves every entry back to where it was before publish().
void roll_back(const Journal& journal, const OpenFolder& destination, const OpenFolder& work) {
  const OpenFolder made(work, kNew), former(work, kFormer);
  for (const JournaledEntry& entry : journal.entries) {
    if (entry.is_made && holds(destination, entry)) move_entry(entry.name, destination, made);
  }
  if (!former.is_open()) return;  // none was moved yet
  for (const JournaledEntry& entry : journal.entries) {
    if (entry.is_made || !holds(former, entry)) continue;
    if (destination.entry(entry.name)) {
      refuse_obstacle(destination.path() / entry.name, work.path());
    }
    move_entry(entry.name, former, destination);
  }
  destination.sync();
}

// What is about to be removed with the former entries must be these.
void check_former(const Journal& journal, const fs::path& work) {
  const OpenFolder former(work / kFormer, FolderLink::refuse);
  std::error_code error;
  for (fs::directory_iterator entry(work / kFormer, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename();
    const auto listed = [&](const JournaledEntry& one) {
      return !one.is_made && one.name == name && holds(former, one);
    };
    if (std::none_of(journal.entries.begin(), journal.entries.end(), listed)) {
      refuse_remains(entry->path());
    }
  }
}

void remove_half_written_journals(const fs::path& work) {
  std::vector<std::string> names;
  for (const Journal::Phase phase : kPhasesOfWork) names.push_back(journal_name(phase));
  remove_temporaries(work, names, FolderLink::refuse);
}

// Removes the work folder; the last journal last, so that a crash meanwhile is recognised.
void clear(const OpenFolder& destination, const fs::path& path, bool with_former) {
  std::error_code ignored;
  fs::remove_all(path / kNew, ignored);
  if (with_former) {
    fs::remove_all(path / kFormer, ignored);
  } else {
    ::rmdir((path / kFormer).c_str());  // if it is empty
  }
  remove_half_written_journals(path);
  for (const Journal::Phase phase : kPhasesOfWork) {
    remove_own_file(path / journal_name(phase), FolderLink::refuse);
  }
  ::unlinkat(destination.get(), path.filename().c_str(), AT_REMOVEDIR);
}

void write_journal(const fs::path& work, const Journal& journal) {
  write_file_atomically(work / journal_name(journal.phase), journal_text(journal),
                        FolderLink::refuse);
}

// The journal of a work folder's last phase; none if there is no such file. Throws for any other.
std::optional<Journal> read_journal(const OpenFolder& work) {
  for (auto phase = kPhasesOfWork.rbegin(); phase != kPhasesOfWork.rend(); ++phase) {
    const std::string name = journal_name(*phase);
    const auto entry = work.entry(name);
    if (!entry) continue;
    if (!fault_of_entry(work, *entry, OwnEntry::changed_file).empty()) refuse_remains(work.path());
    std::optional<Journal> journal =
        parse_journal(read_file(work.path() / name, kMaxJournalBytes));
    if (!journal || journal->phase != *phase) refuse_remains(work.path());
    return journal;
  }
  return std::nullopt;
}

void finish_one(const OpenFolder& destination, const std::string& name) {
  const fs::path path = destination.path() / name;
  const OpenFolder work(destination, name);
  if (!work.is_open() || !is_ours(destination, work.status())) refuse_remains(path);
  if (::flock(work.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    throw Error(shown(destination.path()) +
                ": another catdog is writing there; wait until it is done");
  }
  std::optional<Journal> journal = read_journal(work);
  if (!journal) {  // killed at its beginning or end: then there is nothing else in it
    remove_half_written_journals(path);
    if (::unlinkat(destination.get(), name.c_str(), AT_REMOVEDIR) != 0) refuse_remains(path);
    return;
  }
  if (journal->destination != destination.status().st_ino ||
      journal->work != work.status().st_ino) {
    refuse_remains(path);
  }
  if (journal->phase == Journal::Phase::moving) {
    if (!is_committed(*journal, destination)) roll_back(*journal, destination, work);
    check_former(*journal, path);
    journal->phase = Journal::Phase::clearing;
    write_journal(path, *journal);
  }
  clear(destination, path, journal->phase == Journal::Phase::clearing);
  if (destination.entry(name)) refuse_remains(path);
}

}  // namespace

WorkFolder::WorkFolder(fs::path destination, const std::string& prefix)
    : destination_(std::move(destination)), path_(destination_ / (prefix + random_digits())) {
  const OpenFolder folder(destination_, FolderLink::follow);
  if (::mkdirat(folder.get(), path_.filename().c_str(), 0700) != 0) {
    fail("cannot write to", destination_);
  }
  try {
    const OpenFolder work(folder, path_.filename());
    if (!work.is_open()) fail("cannot write to", destination_);
    // Where the file system has no locks, nobody can tell that this process is at work.
    lock_ = std::make_unique<File>(::fcntl(work.get(), F_DUPFD_CLOEXEC, 0));
    ::flock(lock_->get(), LOCK_EX | LOCK_NB);
    write_journal(path_, {.destination = folder.status().st_ino,
                          .work = work.status().st_ino,
                          .entries = {}});
    if (::mkdirat(work.get(), kNew, 0777) != 0) fail("cannot write to", destination_);
  } catch (...) {
    clear(folder, path_, /*with_former=*/false);
    throw;
  }
}

WorkFolder::~WorkFolder() {
  if (is_kept_) return;
  try {
    clear(OpenFolder(destination_, FolderLink::follow), path_,
          /*with_former=*/is_published_);
  } catch (const std::exception&) {
    // What is left, the next one clears away.
  }
}

void WorkFolder::publish(const std::vector<std::string>& made,
                         const std::vector<std::string>& replaced) {
  const OpenFolder destination(destination_, FolderLink::follow);
  const OpenFolder work(destination, path_.filename());
  const OpenFolder all_new(work, kNew);
  if (!all_new.is_open() || ::mkdirat(work.get(), kFormer, 0777) != 0) {
    fail("cannot write to", destination_);
  }
  const OpenFolder former(work, kFormer);
  Journal journal{.phase = Journal::Phase::moving,
                  .destination = destination.status().st_ino,
                  .work = work.status().st_ino,
                  .entries = {}};
  for (const std::string& name : replaced) {
    if (auto entry = entry_now(destination, name, /*is_made=*/false)) {
      journal.entries.push_back(std::move(*entry));
    }
  }
  for (const std::string& name : made) {
    if (auto entry = entry_now(all_new, name, /*is_made=*/true)) {
      journal.entries.push_back(std::move(*entry));
    }
  }
  write_journal(path_, journal);
  size_t moved = 0;
  try {
    for (const JournaledEntry& entry : journal.entries) {
      move_entry(entry.name, entry.is_made ? all_new : destination,
                 entry.is_made ? destination : former);
      ++moved;
    }
    former.sync();
    destination.sync();
  } catch (const Error& failure) {
    try {
      while (moved > 0) {
        const JournaledEntry& entry = journal.entries[--moved];
        move_entry(entry.name, entry.is_made ? destination : former,
                   entry.is_made ? all_new : destination);
      }
    } catch (const Error&) {
      is_kept_ = true;
      throw Error(std::string(failure.what()) + "; what was there before is kept in " +
                  shown(path_));
    }
    throw;
  }
  is_published_ = true;
  journal.phase = Journal::Phase::clearing;
  try {
    write_journal(path_, journal);
  } catch (const Error&) {
    // All is in its place. Killed before the rest is removed, the next one says so.
  }
}

void WorkFolder::clear_remains(const fs::path& destination, const std::string& prefix) {
  const OpenFolder folder(destination, FolderLink::follow);
  if (!folder.is_open()) fail("cannot read", destination);
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(destination)) {
    const std::string name = entry.path().filename();
    if (name.starts_with(prefix)) names.push_back(name);
  }
  for (const std::string& name : names) finish_one(folder, name);
}

}  // namespace catdog
