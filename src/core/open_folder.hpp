// SPDX-License-Identifier: Apache-2.0
// A folder held open, and the one function that opens files for writing: by their names in that
// folder, never through a link, so that nothing that happens to the path meanwhile leads elsewhere.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>

#include "open_file.hpp"

namespace catdog {

class OpenFolder {
 public:
  // Opens the folder `path`; is_open() is false where that fails, and errno says why.
  OpenFolder(const fs::path& path, FolderLink link);
  // The folder `name` in `parent`; a link is an error.
  OpenFolder(const OpenFolder& parent, const std::string& name);

  bool is_open() const { return file_.is_open(); }
  int get() const { return file_.get(); }
  const fs::path& path() const { return path_; }  // as it was named, for messages

  struct stat status() const;  // of the folder itself

  // The entry of that name, a link itself; none if there is no such entry.
  std::optional<struct stat> entry(const std::string& name) const;

  // Puts the names in it on the disk, where the file system can. Throws Error.
  void sync() const;

 private:
  File file_;
  fs::path path_;
  bool is_readable_ = true;  // else it may be written to alone, and cannot be synced
};

// The folder that holds `file`. Throws FileError that names the file.
OpenFolder open_folder_of(const fs::path& file, FolderLink link);

// Opens `name` in `folder` for writing, with O_NOFOLLOW; `flags` is O_WRONLY or O_RDWR, and more.
// With O_EXCL it is a new file. Without, it is made if it does not exist, and an existing one must
// be what OwnEntry::changed_file says: else throws ModelError. Not open where the system fails, and
// errno says why.
File open_for_writing(const OpenFolder& folder, const std::string& name, int flags);

// Whether this process is the owner of an entry of `folder`. On a file system that gives all files
// one owner (FAT, some network drives), that is the owner of a file that it makes there now.
bool is_ours(const OpenFolder& folder, const struct stat& entry);

// Why an entry is not what catdog expects; empty: it is.
std::string fault_of_entry(const OpenFolder& folder, const struct stat& entry, OwnEntry kind);

// 16 hexadecimal digits that nobody can foretell.
std::string random_digits();

// A new file `<stem>.tmp.<16 digits>` for writing. Throws FileError that names `path`.
struct NewTemporary {
  std::string name;
  File file;
};
NewTemporary make_temporary(const OpenFolder& folder, const fs::path& path);

// Writes all bytes. Throws FileError that names `path`.
void write_all(const File& file, std::string_view bytes, const fs::path& path);

// Puts the content of an open file or folder on the disk, where the file system can. Throws.
void sync_file(const File& file, const fs::path& path);

// As rename_over(), within one folder.
void rename_over(const OpenFolder& folder, const std::string& from, const std::string& to);

// Moves an entry, of any kind, to a folder that has none of that name. Throws FileError, of EEXIST
// if it has.
void move_entry(const std::string& name, const OpenFolder& from, const OpenFolder& to);

inline FileId id_of(const struct stat& entry) { return {entry.st_dev, entry.st_ino}; }

}  // namespace catdog
