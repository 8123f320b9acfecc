// SPDX-License-Identifier: Apache-2.0
// Whole files in and out: reading with a size cap, atomic durable writing that follows no link,
// SHA-256, and folders that vanish again unless they are kept.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catdog/core/display_text.hpp"
#include "catdog/core/error.hpp"

namespace catdog {

namespace fs = std::filesystem;

// A file that the system could not read or write.
class FileError : public Error {
 public:
  // `number` is an errno.
  FileError(const std::string& message, int number) : Error(message), number_(number) {}

  // True where the disk is full or fails, so that no other file can be written to it either; false
  // where the reason may be this file's alone, as a name that is too long.
  bool is_of_disk() const;

  int number() const { return number_; }

 private:
  int number_;
};

// The bytes of a regular file. Throws Error naming the path if it cannot be opened, is not a
// regular file, or holds more than `max_bytes`. Never blocks on a FIFO or device.
std::string read_file(const fs::path& path, uint64_t max_bytes = uint64_t{1} << 32);

// Whether the folder that holds a file may be named by a symbolic link. Folders that users name may;
// those inside a folder that catdog owns (a run's weights/, a staging folder) may not.
enum class FolderLink { follow, refuse };

// An entry of a folder, whatever its name is: a link itself, not what the link leads to.
struct FileId {
  uint64_t device = 0, inode = 0;
  bool operator==(const FileId&) const = default;
};
std::optional<FileId> file_id(const fs::path& path);  // none if there is no such entry

// Replaces `path` by `bytes` in one step: a reader or a crash sees the old file or the new one,
// never a part. Writes `<path>.tmp.<16 hexadecimal digits>` (a long name is cut), a new file of an
// unpredictable name, syncs and renames it, and syncs the folder, as far as the file system can
// (file_system.hpp). Where `path` is a symbolic link, the link is replaced and its target stays.
// Returns the new file's id. Throws Error.
FileId write_file_atomically(const fs::path& path, std::string_view bytes,
                             FolderLink link = FolderLink::follow);

// Writes a file that does not exist yet, without a sync: for the many files of one operation, which
// is repeated after a crash. Returns its id. Throws Error, and then leaves no file; an existing file
// (also a link that leads nowhere) is an error and stays.
FileId write_new_file(const fs::path& path, std::string_view bytes,
                      FolderLink link = FolderLink::follow);

// Appends `bytes` to `path`, made if it does not exist, and syncs. Cut off, some of them may stand
// there. Throws ModelError if check_own_entry does, Error if it cannot be written.
void append_to_file(const fs::path& path, std::string_view bytes);

// Removes all bytes of an existing file. Throws as append_to_file.
void empty_file(const fs::path& path);

// What catdog expects of an entry of a folder that it owns.
enum class OwnEntry {
  folder,
  replaced_file,  // written by write_file_atomically: its other names do no harm
  changed_file,   // written in place: one name only, and owned by this user
};

// Throws ModelError, naming it, if `path` exists and is anything else: a symbolic link, a FIFO, …
void check_own_entry(const fs::path& path, OwnEntry kind);

// Makes the folder `path`, or accepts one that is there and is no link. Throws ModelError as
// check_own_entry, and Error if it cannot be made.
void make_own_folder(const fs::path& path);

// Removes a file if it is a regular one, and if it is still `id`; failures are ignored.
void remove_own_file(const fs::path& path, FolderLink link,
                     const std::optional<FileId>& id = std::nullopt);

// Removes what write_file_atomically left in `folder` when its process was killed: regular files of
// this user's with one name, `.tmp.<16 hexadecimal digits>` after one of `names`, perhaps with `.0`
// behind. Only for a folder that no other process writes to.
void remove_temporaries(const fs::path& folder, const std::vector<std::string>& names,
                        FolderLink link = FolderLink::follow);

// Throws Error if a file of `bytes` does not fit on the disk that holds `folder`.
void check_room(const fs::path& folder, uint64_t bytes);

// The SHA-256 of `bytes`, 64 lower-case hexadecimal digits.
std::string sha256(std::string_view bytes);

// Makes `path` and its missing parents. Those that it made are removed on destruction unless keep()
// was called, each only if it is empty and still the same folder.
class NewFolder {
 public:
  explicit NewFolder(fs::path path);
  ~NewFolder();
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

  void keep() { made_.clear(); }

 private:
  void make(const fs::path& path, const fs::path& whole);
  void remove() const;

  std::vector<std::pair<fs::path, FileId>> made_;  // parents first
};

// A new folder for this process alone in the system's folder for temporary files, with an
// unpredictable name; removed on destruction with all that is in it.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::string& prefix);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  FileId id_;
};

// Orders names as people count: runs of digits by value, the rest byte by byte (cat.2 < cat.10).
bool natural_less(std::string_view a, std::string_view b);

}  // namespace catdog
