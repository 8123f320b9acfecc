// SPDX-License-Identifier: Apache-2.0
#include "open_folder.hpp"

#include <sys/random.h>

#include <array>
#include <system_error>

namespace catdog {
namespace {

std::string fault_text(const fs::path& path, const std::string& fault, OwnEntry kind) {
  return shown(path) + ": " + fault +
         ", and catdog does not write through it: remove it, or put a " +
         (kind == OwnEntry::folder ? "plain folder" : "plain file of your own") + " in its place";
}

}  // namespace

OpenFolder::OpenFolder(const fs::path& path, FolderLink link) : path_(path) {
  const int flags = O_DIRECTORY | (link == FolderLink::refuse ? O_NOFOLLOW : 0);
  file_ = File(path, O_RDONLY | flags);
  if (file_.is_open() || errno != EACCES) return;
  is_readable_ = false;
  file_ = File(path, O_PATH | flags);
}

OpenFolder::OpenFolder(const OpenFolder& parent, const std::string& name)
    : file_(::openat(parent.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)),
      path_(parent.path() / name) {}

struct stat OpenFolder::status() const {
  struct stat status {};
  if (::fstat(get(), &status) != 0) fail("cannot read", path_);
  return status;
}

std::optional<struct stat> OpenFolder::entry(const std::string& name) const {
  struct stat status {};
  if (::fstatat(get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  return status;
}

void OpenFolder::sync() const {
  if (is_readable_) {
    sync_file(file_, path_);
  } else {
    warn_unsupported(Unsupported::sync, path_, EACCES);
  }
}

OpenFolder open_folder_of(const fs::path& file, FolderLink link) {
  const fs::path name = file.has_parent_path() ? file.parent_path() : fs::path(".");
  OpenFolder folder(name, link);
  if (folder.is_open()) return folder;
  const int error = errno;
  std::error_code ignored;
  if (link == FolderLink::refuse && fs::is_symlink(fs::symlink_status(name, ignored))) {
    throw FileError("cannot write " + shown(file) + ": its folder is a symbolic link", ELOOP);
  }
  fail("cannot write", file, error);
}

File open_for_writing(const OpenFolder& folder, const std::string& name, int flags) {
  const auto require_own = [&](const struct stat& status) {
    const std::string fault = fault_of_entry(folder, status, OwnEntry::changed_file);
    if (!fault.empty()) {
      throw ModelError(fault_text(folder.path() / name, fault, OwnEntry::changed_file));
    }
  };
  const bool is_new = (flags & O_EXCL) != 0;
  if (!is_new) {  // to open a device may already do something
    if (const auto status = folder.entry(name)) require_own(*status);
  }
  constexpr int kSafe = O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;  // a FIFO must not wait
  File file(::openat(folder.get(), name.c_str(), flags | kSafe, 0666));
  struct stat status {};
  if (is_new || !file.is_open() || ::fstat(file.get(), &status) != 0) return file;
  require_own(status);
  return file;
}

bool is_ours(const OpenFolder& folder, const struct stat& entry) {
  if (entry.st_uid == ::geteuid()) return true;
  const std::string name = ".catdog-owner.tmp." + random_digits();
  const File probe = open_for_writing(folder, name, O_WRONLY | O_EXCL);
  struct stat status {};
  const bool is_same = probe.is_open() && ::fstat(probe.get(), &status) == 0 &&
                       status.st_uid != ::geteuid() && status.st_uid == entry.st_uid;
  if (probe.is_open()) ::unlinkat(folder.get(), name.c_str(), 0);
  return is_same;
}

std::string fault_of_entry(const OpenFolder& folder, const struct stat& entry, OwnEntry kind) {
  if (S_ISLNK(entry.st_mode)) return "is a symbolic link";
  if (kind == OwnEntry::folder) return S_ISDIR(entry.st_mode) ? "" : "is not a folder";
  if (S_ISDIR(entry.st_mode)) return "is a folder";
  if (!S_ISREG(entry.st_mode)) return "is not a regular file";
  if (kind == OwnEntry::replaced_file) return "";
  if (entry.st_nlink > 1) return "has a second name (a hard link)";
  return is_ours(folder, entry) ? "" : "belongs to another user";
}

void check_own_entry(const fs::path& path, OwnEntry kind) {
  const fs::path name = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const OpenFolder folder(name, FolderLink::follow);
  const auto status = folder.is_open() ? folder.entry(path.filename()) : std::nullopt;
  const std::string fault = status ? fault_of_entry(folder, *status, kind) : "";
  if (!fault.empty()) throw ModelError(fault_text(path, fault, kind));
}

std::string random_digits() {
  std::array<unsigned char, 8> bytes{};
  ssize_t got = 0;
  do {
    got = ::getrandom(bytes.data(), bytes.size(), 0);
  } while (got < 0 && errno == EINTR);
  if (got != static_cast<ssize_t>(bytes.size())) {
    throw Error(std::string("the system gives no random bytes: ") + std::strerror(errno));
  }
  return hexadecimal(bytes);
}

NewTemporary make_temporary(const OpenFolder& folder, const fs::path& path) {
  for (;;) {
    NewTemporary made = {temporary_stem(path) + ".tmp." + random_digits(), {}};
    made.file = open_for_writing(folder, made.name, O_WRONLY | O_EXCL);
    if (made.file.is_open()) return made;
    if (errno != EEXIST) fail("cannot write", path);
  }
}

void write_all(const File& file, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("cannot write", path);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

void sync_file(const File& file, const fs::path& path) {
  int result = 0;
  do {
    result = ::fsync(file.get());
  } while (result != 0 && errno == EINTR);
  if (result == 0) return;
  if (!is_unsupported(errno)) fail("cannot write", path);
  warn_unsupported(Unsupported::sync, path, errno);
}

void move_entry(const std::string& name, const OpenFolder& from, const OpenFolder& to) {
  const char* text = name.c_str();
  if (::renameat2(from.get(), text, to.get(), text, RENAME_NOREPLACE) == 0) return;
  int error = errno;
  if (is_unsupported(error)) {
    const bool is_taken = to.entry(name).has_value();
    const bool is_moved = !is_taken && ::renameat(from.get(), text, to.get(), text) == 0;
    error = is_moved ? 0 : is_taken ? EEXIST : errno;
  }
  if (error != 0) fail("cannot write", to.path() / name, error);
}

}  // namespace catdog
