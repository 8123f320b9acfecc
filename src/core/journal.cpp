// SPDX-License-Identifier: Apache-2.0
#include "journal.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

namespace catdog {
namespace {

constexpr std::string_view kJournalFormat = "catdog journal 1";
constexpr std::array<std::string_view, 3> kPhases = {"making", "moving", "clearing"};

// The fields of a journal, each of which ends with a NUL: a name may hold any other byte.
class Fields {
 public:
  explicit Fields(std::string_view text) : rest_(text) {}

  bool is_at_end() const { return rest_.empty(); }

  std::string_view next() {
    const size_t end = rest_.find('\0');
    if (end == rest_.npos) {
      is_good_ = false;
      rest_ = {};
      return {};
    }
    const std::string_view field = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return field;
  }

  uint64_t next_number() {
    const std::string_view field = next();
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (error != std::errc() || end != field.data() + field.size()) is_good_ = false;
    return value;
  }

  bool is_good() const { return is_good_; }

 private:
  std::string_view rest_;
  bool is_good_ = true;
};

// What is told apart of one entry of a tree.
std::string state_line(const std::string& name, const struct stat& status) {
  return name + '\0' + std::to_string(status.st_ino) + ' ' + std::to_string(status.st_mtim.tv_sec) +
         '.' + std::to_string(status.st_mtim.tv_nsec) + '\0';
}

}  // namespace

std::string journal_name(Journal::Phase phase) {
  return "journal." + std::string(kPhases[static_cast<size_t>(phase)]);
}

std::string journal_text(const Journal& journal) {
  std::string text;
  const auto add = [&](std::string_view field) { text.append(field).push_back('\0'); };
  add(kJournalFormat);
  add(kPhases[static_cast<size_t>(journal.phase)]);
  add(std::to_string(journal.destination));
  add(std::to_string(journal.work));
  for (const JournaledEntry& entry : journal.entries) {
    add(entry.is_made ? "made" : "former");
    add(std::to_string(entry.inode));
    add(entry.state);
    add(entry.name);
  }
  return text;
}

std::optional<Journal> parse_journal(std::string_view text) {
  Fields fields(text);
  if (fields.next() != kJournalFormat) return std::nullopt;
  const std::string_view phase = fields.next();
  size_t index = 0;
  while (index < kPhases.size() && kPhases[index] != phase) ++index;
  if (index == kPhases.size()) return std::nullopt;
  Journal journal{.phase = static_cast<Journal::Phase>(index), .entries = {}};
  journal.destination = fields.next_number();
  journal.work = fields.next_number();
  while (fields.is_good() && !fields.is_at_end()) {
    JournaledEntry& entry = journal.entries.emplace_back();
    const std::string_view kind = fields.next();
    entry.is_made = kind == "made";
    if (!entry.is_made && kind != "former") return std::nullopt;
    entry.inode = fields.next_number();
    entry.state = fields.next();
    entry.name = fields.next();
    if (entry.name.empty() || entry.name == "." || entry.name == ".." ||
        entry.name.find('/') != std::string::npos) {
      return std::nullopt;
    }
  }
  if (!fields.is_good()) return std::nullopt;
  return journal;
}

std::optional<JournaledEntry> entry_now(const OpenFolder& folder, const std::string& name,
                                        bool is_made) {
  const auto entry = folder.entry(name);
  if (!entry) return std::nullopt;
  const fs::path path = folder.path() / name;
  std::vector<std::string> lines = {state_line("", *entry)};
  std::error_code error;
  if (S_ISDIR(entry->st_mode)) {
    for (fs::recursive_directory_iterator below(path, error), end; !error && below != end;
         below.increment(error)) {
      struct stat status {};
      if (::lstat(below->path().c_str(), &status) != 0) fail("cannot read", below->path());
      lines.push_back(state_line(below->path().lexically_relative(path), status));
    }
  }
  if (error) fail("cannot read", path, error.value());
  std::sort(lines.begin(), lines.end());
  std::string all;
  for (const std::string& line : lines) all += line;
  return JournaledEntry{name, entry->st_ino, sha256(all), is_made};
}

bool holds(const OpenFolder& folder, const JournaledEntry& entry) {
  const auto now = folder.entry(entry.name);
  return now && now->st_ino == entry.inode && now->st_dev == folder.status().st_dev &&
         entry_now(folder, entry.name, entry.is_made) == entry;
}

}  // namespace catdog
