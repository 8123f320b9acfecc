// SPDX-License-Identifier: Apache-2.0
// For LD_PRELOAD: makes system calls fail as they do on file systems that lack them. LACKS names the
// calls, LACKS_ERRNO the error's number (default: what such file systems answer). KILLED_AT ends the
// process before so many renamings.
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdlib>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

// Whether the call is missing; errno is then set.
bool is_missing(std::string_view call, int error) {
  const char* lacks = std::getenv("LACKS");
  if (lacks == nullptr) return false;
  for (std::string_view rest = lacks; !rest.empty();) {
    const size_t end = rest.find(' ');
    if (rest.substr(0, end) == call) {
      const char* other = std::getenv("LACKS_ERRNO");
      errno = other == nullptr ? error : std::atoi(other);
      return true;
    }
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  }
  return false;
}

int answer(long result) { return static_cast<int>(result); }

// Ends the process before its renaming number KILLED_AT, from 1.
void count_rename() {
  static int count = 0;
  const char* last = std::getenv("KILLED_AT");
  if (last != nullptr && ++count == std::atoi(last)) std::raise(SIGKILL);
}

// "rename_over" is lacking onto a file that exists; "rename" lacks all of it.
int rename_in(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
  count_rename();
  struct stat status {};
  if (is_missing("rename", EPERM)) return -1;
  if (::fstatat(to_folder, to, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
      is_missing("rename_over", EEXIST)) {
    return -1;
  }
  return answer(::syscall(SYS_renameat2, from_folder, from, to_folder, to, flags));
}

}  // namespace

extern "C" {

int fsync(int file) {
  return is_missing("fsync", EINVAL) ? -1 : answer(::syscall(SYS_fsync, file));
}

int flock(int file, int operation) noexcept {
  return is_missing("flock", ENOSYS) ? -1 : answer(::syscall(SYS_flock, file, operation));
}

int fcntl(int file, int command, ...) {
  va_list arguments;
  va_start(arguments, command);
  void* argument = va_arg(arguments, void*);
  va_end(arguments);
  const bool is_lock = command == F_OFD_SETLK || command == F_OFD_GETLK;
  if (is_lock && is_missing("locks", ENOLCK)) return -1;
  return answer(::syscall(SYS_fcntl, file, command, argument));
}

int symlink(const char* target, const char* path) noexcept {
  if (is_missing("symlink", EPERM)) return -1;
  return answer(::syscall(SYS_symlinkat, target, AT_FDCWD, path));
}

int link(const char* file, const char* path) noexcept {
  if (is_missing("link", EPERM)) return -1;
  return answer(::syscall(SYS_linkat, AT_FDCWD, file, AT_FDCWD, path, 0));
}

int rename(const char* from, const char* to) noexcept {
  return rename_in(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept {
  return rename_in(from_folder, from, to_folder, to, 0);
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to,
              unsigned flags) noexcept {
  if (is_missing("renameat2", EINVAL)) return -1;
  return rename_in(from_folder, from, to_folder, to, flags);
}

int posix_fallocate(int file, off_t offset, off_t size) {
  if (is_missing("posix_fallocate", EINVAL)) return errno;
  return ::syscall(SYS_fallocate, file, 0, offset, size) == 0 ? 0 : errno;
}

}  // extern "C"
