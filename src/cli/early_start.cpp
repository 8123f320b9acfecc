// SPDX-License-Identifier: Apache-2.0
#include "early_start.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <exception>
#include <new>
#include <string_view>

namespace catdog {
namespace {

int removed_folder = -1;

void say(std::string_view text) {
  if (::write(STDERR_FILENO, text.data(), text.size()) < 0) return;  // nobody is left to be told
}

// One line of an error; of what it says, only printable ASCII as it is.
void say_error(std::string_view what) {
  say("catdog: error: ");
  for (const char c : what.substr(0, what.find('\n'))) {
    say(c >= ' ' && c <= '~' ? std::string_view(&c, 1) : "?");
  }
  say("\n");
}

// Uses no memory of its own: there may be none.
[[noreturn]] void end_with_a_line() {
  const std::exception_ptr current = std::current_exception();
  if (!current) std::abort();
  try {
    std::rethrow_exception(current);
  } catch (const std::bad_alloc&) {
    say_error("out of memory; LibTorch needs 1 GB of address space (ulimit -v)");
  } catch (const std::exception& error) {
    say_error(error.what());
  } catch (...) {
    std::abort();
  }
  std::_Exit(1);
}

}  // namespace

void open_closed_streams() {
  // In the order of their numbers: open() takes the lowest that is free.
  constexpr int kModes[] = {O_WRONLY, O_RDONLY, O_WRONLY};
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream) {
    if (::fcntl(stream, F_GETFD) >= 0 || errno != EBADF) continue;
    if (::open("/dev/null", kModes[stream]) != stream) std::_Exit(1);
  }
}

void end_on_uncaught_exceptions() { std::set_terminate(end_with_a_line); }

void leave_removed_folder() {
  char name[PATH_MAX];
  if (::getcwd(name, sizeof name) != nullptr || errno != ENOENT) return;
  removed_folder = ::open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (removed_folder >= 0 && ::chdir("/") != 0) std::_Exit(1);
}

void return_to_removed_folder() {
  if (removed_folder < 0) return;
  if (::fchdir(removed_folder) != 0) std::_Exit(1);
  ::close(removed_folder);
}

}  // namespace catdog
