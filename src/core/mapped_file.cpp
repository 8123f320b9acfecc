// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/mapped_file.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

#include <system_error>

#include "open_file.hpp"

namespace catdog {
namespace {

std::string temporary_prefix(const fs::path& path) { return temporary_stem(path) + ".tmp."; }

// A new file that is ours: made, and locked before another process took it for abandoned.
File make_locked(const fs::path& path, fs::path& temporary) {
  for (int n = 0;; ++n) {
    temporary = path.parent_path() /
                (temporary_prefix(path) + std::to_string(::getpid()) + "." + std::to_string(n));
    File file(temporary, O_RDWR | O_CREAT | O_EXCL, 0666);
    if (!file.is_open() && errno == EEXIST) continue;
    if (!file.is_open()) fail("cannot write", temporary);
    struct stat status {};
    if (lock(file, temporary) != Lock::others && ::fstat(file.get(), &status) == 0 && status.st_nlink > 0) {
      return file;
    }
  }
}

}  // namespace

MappedFile::MappedFile(const fs::path& path)
    : MappedFile(File(path, O_RDONLY | O_NONBLOCK).get(), path) {}

MappedFile::MappedFile(int descriptor, const fs::path& path) {
  struct stat status {};
  if (descriptor < 0 || ::fstat(descriptor, &status) != 0) fail("cannot read", path);
  if (!S_ISREG(status.st_mode)) throw Error("cannot read " + shown(path) + ": not a regular file");
  const auto size = static_cast<size_t>(status.st_size);
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0);
  if (address == MAP_FAILED) fail("cannot map", path);
  bytes_ = {static_cast<const char*>(address), size};
}

MappedFile::~MappedFile() { ::munmap(const_cast<char*>(bytes_.data()), bytes_.size()); }

NewFile::NewFile(fs::path path, uint64_t bytes) : path_(std::move(path)) {
  file_ = std::make_unique<File>(make_locked(path_, temporary_));
  try {
    int error = EINTR;
    while (error == EINTR) {
      error = ::posix_fallocate(file_->get(), 0, static_cast<off_t>(bytes));
    }
    if (is_unsupported(error)) {
      warn_unsupported(Unsupported::reserve, path_, error);
      error = ::ftruncate(file_->get(), static_cast<off_t>(bytes)) == 0 ? 0 : errno;
    }
    if (error != 0) fail("cannot write", path_, error);
    mapped_ = std::make_unique<MappedFile>(file_->get(), temporary_);
  } catch (...) {
    ::unlink(temporary_.c_str());
    throw;
  }
}

NewFile::~NewFile() {
  if (!published_) ::unlink(temporary_.c_str());
}

void NewFile::write(uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written =
        ::pwrite(file_->get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("cannot write", path_);
    bytes.remove_prefix(static_cast<size_t>(written));
    offset += static_cast<uint64_t>(written);
  }
}

void NewFile::publish() {
  rename_over(temporary_, path_);
  published_ = true;
}

void remove_abandoned(const fs::path& path) {
  const std::string prefix = temporary_prefix(path);
  std::error_code error;
  for (fs::directory_iterator entry(path.parent_path(), error), end; !error && entry != end;
       entry.increment(error)) {
    if (!entry->path().filename().string().starts_with(prefix)) continue;
    const File file(entry->path(), O_RDWR | O_NONBLOCK | O_NOFOLLOW);
    if (file.is_open() && lock(file, entry->path()) == Lock::taken) ::unlink(entry->path().c_str());
  }
}

}  // namespace catdog
