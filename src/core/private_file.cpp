// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/private_file.hpp"

#include <sys/stat.h>

#include <system_error>

#include "open_file.hpp"

namespace catdog {
namespace {

constexpr const char* kRemedy = ": remove it, and catdog makes a new one";

std::string temporary_prefix(const std::string& name) { return temporary_stem(name) + ".tmp."; }

// Throws Error where another user owns what `status` describes or may change it.
void check_private(const struct stat& status, const fs::path& path) {
  if (status.st_uid != ::geteuid()) {
    throw Error(shown(path) + " belongs to another user (uid " + std::to_string(status.st_uid) +
                "), who may have put anything there");
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    throw Error(shown(path) + " can be written to by other users" + kRemedy);
  }
}

// Opens `name` in `folder` without following a symbolic link. Throws FileError.
File open_in(const PrivateFolder& folder, const std::string& name, int flags) {
  File file(::openat(folder.descriptor(), name.c_str(),
                     flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (file.is_open()) return file;
  const fs::path path = folder.path() / name;
  if (errno == ELOOP) throw Error(shown(path) + " is a symbolic link" + kRemedy);
  fail("cannot read", path);
}

void read_at(const File& file, const fs::path& path, uint64_t offset, std::span<char> bytes) {
  while (!bytes.empty()) {
    const ssize_t got =
        ::pread(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("cannot read", path);
    if (got == 0) throw Error(shown(path) + " was truncated");
    bytes = bytes.subspan(static_cast<size_t>(got));
    offset += static_cast<uint64_t>(got);
  }
}

// A new file that is ours: made, and locked before another process took it for abandoned.
File make_locked(const PrivateFolder& folder, const std::string& name, fs::path& temporary) {
  for (int n = 0;; ++n) {
    const std::string temporary_name =
        temporary_prefix(name) + std::to_string(::getpid()) + "." + std::to_string(n);
    temporary = folder.path() / temporary_name;
    File file(::openat(folder.descriptor(), temporary_name.c_str(),
                       O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.is_open() && errno == EEXIST) continue;
    if (!file.is_open()) fail("cannot write", temporary);
    struct stat status {};
    if (lock(file, temporary) != Lock::others && ::fstat(file.get(), &status) == 0 &&
        status.st_nlink > 0) {
      return file;
    }
  }
}

// Throws Error.
void reserve(const File& file, const fs::path& path, uint64_t bytes) {
  int error = EINTR;
  while (error == EINTR) {
    error = ::posix_fallocate(file.get(), 0, static_cast<off_t>(bytes));
  }
  if (is_unsupported(error)) {
    warn_unsupported(Unsupported::reserve, path, error);
    error = ::ftruncate(file.get(), static_cast<off_t>(bytes)) == 0 ? 0 : errno;
  }
  if (error != 0) fail("cannot write", path, error);
}

}  // namespace

PrivateFolder::PrivateFolder(fs::path path, Missing missing) : path_(std::move(path)) {
  if (missing == Missing::is_made && ::mkdir(path_.c_str(), 0700) != 0 && errno != EEXIST) {
    fail("cannot make the folder", path_);
  }
  // O_DIRECTORY with O_NOFOLLOW fails with ENOTDIR for a symbolic link, even to a folder.
  folder_ = std::make_unique<File>(path_, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!folder_->is_open() && (errno == ENOTDIR || errno == ELOOP)) {
    throw Error(shown(path_) + " is a symbolic link or a file" + kRemedy);
  }
  struct stat status {};
  if (!folder_->is_open() || ::fstat(folder_->get(), &status) != 0) fail("cannot read", path_);
  check_private(status, path_);
}

PrivateFolder::~PrivateFolder() = default;
PrivateFolder::PrivateFolder(PrivateFolder&&) noexcept = default;

int PrivateFolder::descriptor() const { return folder_->get(); }

PrivateFile::PrivateFile(const PrivateFolder& folder, const std::string& name)
    : path_(folder.path() / name), file_(std::make_unique<File>(open_in(folder, name, O_RDONLY))) {
  struct stat status {};
  if (::fstat(file_->get(), &status) != 0) fail("cannot read", path_);
  if (!S_ISREG(status.st_mode)) throw Error(shown(path_) + " is not a regular file" + kRemedy);
  check_private(status, path_);
  if (status.st_nlink != 1) throw Error(shown(path_) + " has a second hard link" + kRemedy);
  size_ = static_cast<uint64_t>(status.st_size);
}

PrivateFile::~PrivateFile() = default;

void PrivateFile::read(uint64_t offset, std::span<char> bytes) const {
  read_at(*file_, path_, offset, bytes);
}

NewPrivateFile::NewPrivateFile(const PrivateFolder& folder, const std::string& name,
                               uint64_t bytes)
    : path_(folder.path() / name),
      file_(std::make_unique<File>(make_locked(folder, name, temporary_))) {
  try {
    reserve(*file_, path_, bytes);
  } catch (...) {
    ::unlink(temporary_.c_str());
    throw;
  }
}

NewPrivateFile::~NewPrivateFile() {
  if (!published_) ::unlink(temporary_.c_str());
}

void NewPrivateFile::write(uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written =
        ::pwrite(file_->get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("cannot write", path_);
    bytes.remove_prefix(static_cast<size_t>(written));
    offset += static_cast<uint64_t>(written);
  }
}

void NewPrivateFile::read(uint64_t offset, std::span<char> bytes) const {
  read_at(*file_, path_, offset, bytes);
}

void NewPrivateFile::publish() {
  rename_over(temporary_, path_);
  published_ = true;
}

void remove_abandoned(const PrivateFolder& folder, const std::string& name) {
  const std::string prefix = temporary_prefix(name);
  std::error_code error;
  for (fs::directory_iterator entry(folder.path(), error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string found = entry->path().filename().string();
    if (!found.starts_with(prefix)) continue;
    const File file(::openat(folder.descriptor(), found.c_str(),
                             O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
    if (file.is_open() && lock(file, entry->path()) == Lock::taken) {
      ::unlinkat(folder.descriptor(), found.c_str(), 0);
    }
  }
}

}  // namespace catdog
