// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/writer_lock.hpp"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "open_file.hpp"

namespace catdog {
namespace {

// What stands in the file: "process 1234".
std::string holder(const File& file) {
  std::string text(64, '\0');
  const ssize_t got = ::pread(file.get(), text.data(), text.size(), 0);
  text.resize(got > 0 ? static_cast<size_t>(got) : 0);
  return text.starts_with("process ") ? shown(text) : "another process";
}

// The value after "<key>:" in what the kernel says of an open file; empty if it says none.
std::string file_info(const File& file, const std::string& key) {
  std::ifstream info("/proc/self/fdinfo/" + std::to_string(file.get()));
  for (std::string word, value; info >> word && std::getline(info >> std::ws, value);) {
    if (word == key + ":") return value;
  }
  return "";
}

// The device of the file system that a file lies on, as "major:minor". Not stat's st_dev, which is
// another on btrfs and overlays.
std::string device_of(const File& file) {
  const std::string mount = file_info(file, "mnt_id");
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream words(line);
    std::string id, parent, device;
    if (words >> id >> parent >> device && id == mount) return device;
  }
  return "";
}

// Whether /proc/locks has a lock of flock's on that file. A line of it, proc(5):
// 1: FLOCK  ADVISORY  WRITE 10901 fe:00:2146323 0 EOF
bool is_listed(const File& file, ino_t inode) {
  unsigned major = 0, minor = 0;
  if (std::sscanf(device_of(file).c_str(), "%u:%u", &major, &minor) != 2) return false;
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    unsigned locked_major = 0, locked_minor = 0;
    unsigned long long locked_inode = 0;
    if (std::sscanf(line.c_str(), "%*d: FLOCK %*s WRITE %*d %x:%x:%llu", &locked_major,
                    &locked_minor, &locked_inode) == 3 &&
        locked_major == major && locked_minor == minor && locked_inode == inode) {
      return true;
    }
  }
  return false;
}

// NFS keeps flock's locks as locks of the other kind on the server, which can be asked for them.
bool is_locked_on_server(const File& file) {
  struct flock question {};
  question.l_type = F_WRLCK;
  question.l_whence = SEEK_SET;
  return ::fcntl(file.get(), F_GETLK, &question) == 0 && question.l_type != F_UNLCK;
}

}  // namespace

WriterLock::WriterLock(const fs::path& folder) {
  const fs::path path = folder / ".lock";
  file_ = std::make_unique<File>(path, O_RDWR | O_CREAT, 0666);
  if (!file_->is_open()) fail("cannot write", path);
  switch (lock(*file_)) {
    case Lock::others:
      throw ModelError(shown(folder) + ": in use by " + holder(*file_) +
                       ": wait for its end, or end it");
    case Lock::unknown:
      spdlog::warn("{}: this file system has no locks: see that no other process writes there",
                   shown(folder));
      break;
    case Lock::taken: break;
  }
  const std::string text = "process " + std::to_string(::getpid());
  if (::ftruncate(file_->get(), 0) != 0 ||
      ::pwrite(file_->get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    fail("cannot write", path);
  }
}

bool is_locked(const fs::path& folder) {
  const File file(folder / ".lock", O_RDONLY | O_NONBLOCK);
  struct stat status {};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0) return false;
  return is_listed(file, status.st_ino) || is_locked_on_server(file);
}

WriterLock::~WriterLock() = default;
WriterLock::WriterLock(WriterLock&&) noexcept = default;
WriterLock& WriterLock::operator=(WriterLock&&) noexcept = default;

}  // namespace catdog
