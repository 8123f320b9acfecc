// SPDX-License-Identifier: Apache-2.0
// The writing half of files.hpp: everything goes through open_for_writing.
#include <algorithm>
#include <system_error>

#include "catdog/core/files.hpp"
#include "open_folder.hpp"

namespace catdog {
namespace {

FileId id_of_open(const File& file, const fs::path& path) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail("cannot write", path);
  return id_of(status);
}

// `<stem>.tmp.<16 hexadecimal digits>`, perhaps with `.0` behind, of one of these stems.
bool is_temporary_name(std::string_view name, const std::vector<std::string>& stems) {
  constexpr std::string_view kMark = ".tmp.";
  constexpr size_t kDigits = 16;
  if (name.ends_with(".0")) name.remove_suffix(2);
  if (name.size() < kMark.size() + kDigits) return false;
  const size_t mark = name.size() - kDigits - kMark.size();
  return name.substr(mark, kMark.size()) == kMark &&
         name.find_first_not_of("0123456789abcdef", mark + kMark.size()) == name.npos &&
         std::find(stems.begin(), stems.end(), name.substr(0, mark)) != stems.end();
}

}  // namespace

std::optional<FileId> file_id(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return std::nullopt;
  return id_of(status);
}

FileId write_file_atomically(const fs::path& path, std::string_view bytes, FolderLink link) {
  const OpenFolder folder = open_folder_of(path, link);
  const std::string name = path.filename();
  if (const auto former = folder.entry(name)) {
    const mode_t mode = former->st_mode;
    if (!S_ISREG(mode) && !S_ISLNK(mode) && !S_ISDIR(mode)) {  // of a folder, renaming says it
      throw Error("cannot write " + shown(path) + ": it exists and is not a regular file");
    }
  }
  NewTemporary temporary = make_temporary(folder, path);
  FileId id;
  try {
    write_all(temporary.file, bytes, path);
    sync_file(temporary.file, path);
    id = id_of_open(temporary.file, path);
    if (!temporary.file.close()) fail("cannot write", path);
    rename_over(folder, temporary.name, name);
  } catch (...) {
    ::unlinkat(folder.get(), temporary.name.c_str(), 0);
    throw;
  }
  folder.sync();
  return id;
}

FileId write_new_file(const fs::path& path, std::string_view bytes, FolderLink link) {
  const OpenFolder folder = open_folder_of(path, link);
  const std::string name = path.filename();
  File file = open_for_writing(folder, name, O_WRONLY | O_EXCL);
  if (!file.is_open()) fail("cannot write", path);
  try {
    write_all(file, bytes, path);
    const FileId id = id_of_open(file, path);
    if (!file.close()) fail("cannot write", path);
    return id;
  } catch (...) {
    ::unlinkat(folder.get(), name.c_str(), 0);
    throw;
  }
}

void append_to_file(const fs::path& path, std::string_view bytes) {
  const OpenFolder folder = open_folder_of(path, FolderLink::follow);
  File file = open_for_writing(folder, path.filename(), O_WRONLY | O_APPEND);
  if (!file.is_open()) fail("cannot write", path);
  write_all(file, bytes, path);
  sync_file(file, path);
  if (!file.close()) fail("cannot write", path);
  folder.sync();
}

void empty_file(const fs::path& path) {
  const OpenFolder folder = open_folder_of(path, FolderLink::follow);
  const File file = open_for_writing(folder, path.filename(), O_WRONLY);
  if (!file.is_open() || ::ftruncate(file.get(), 0) != 0) fail("cannot write", path);
}

void make_own_folder(const fs::path& path) {
  if (::mkdir(path.c_str(), 0777) == 0) return;
  const int error = errno;
  if (error != EEXIST) {
    throw FileError("cannot make the folder " + shown(path) + ": " + std::strerror(error), error);
  }
  check_own_entry(path, OwnEntry::folder);
}

void remove_own_file(const fs::path& path, FolderLink link, const std::optional<FileId>& id) {
  const fs::path parent = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const OpenFolder folder(parent, link);
  const std::string name = path.filename();
  const auto entry = folder.is_open() ? folder.entry(name) : std::nullopt;
  if (entry && S_ISREG(entry->st_mode) && (!id || *id == id_of(*entry))) {
    ::unlinkat(folder.get(), name.c_str(), 0);
  }
}

void remove_temporaries(const fs::path& folder, const std::vector<std::string>& names,
                        FolderLink link) {
  const fs::path here = folder.empty() ? fs::path(".") : folder;
  const OpenFolder open(here, link);
  if (!open.is_open()) return;
  std::vector<std::string> stems;
  for (const std::string& name : names) stems.push_back(temporary_stem(name));
  std::error_code error;
  for (fs::directory_iterator entry(here, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename();
    const auto status = is_temporary_name(name, stems) ? open.entry(name) : std::nullopt;
    if (status && fault_of_entry(open, *status, OwnEntry::changed_file).empty()) {
      ::unlinkat(open.get(), name.c_str(), 0);
    }
  }
}

}  // namespace catdog
