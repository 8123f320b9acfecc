// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/writer_lock.hpp"

#include "open_folder.hpp"

namespace catdog {
namespace {

// What stands in the file: "process 1234".
std::string holder(const File& file) {
  std::string text(64, '\0');
  const ssize_t got = ::pread(file.get(), text.data(), text.size(), 0);
  text.resize(got > 0 ? static_cast<size_t>(got) : 0);
  return text.starts_with("process ") ? shown(text) : "another process";
}

}  // namespace

WriterLock::WriterLock(const fs::path& folder) {
  const fs::path path = folder / kLockFile;
  file_ = std::make_unique<File>(
      open_for_writing(open_folder_of(path, FolderLink::follow), kLockFile, O_RDWR));
  if (!file_->is_open()) fail("cannot write", path);
  if (lock(*file_, path) == Lock::others) {
    throw ModelError(shown(folder) + ": in use by " + holder(*file_) +
                     ": wait for its end, or end it");
  }
  const std::string text = "process " + std::to_string(::getpid());
  if (::ftruncate(file_->get(), 0) != 0 ||
      ::pwrite(file_->get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    fail("cannot write", path);
  }
}

bool is_locked(const fs::path& folder) {
  const File file(folder / kLockFile, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  struct flock question = whole_file_lock();
  return file.is_open() && ::fcntl(file.get(), F_OFD_GETLK, &question) == 0 &&
         question.l_type != F_UNLCK;
}

WriterLock::~WriterLock() = default;
WriterLock::WriterLock(WriterLock&&) noexcept = default;
WriterLock& WriterLock::operator=(WriterLock&&) noexcept = default;

}  // namespace catdog
