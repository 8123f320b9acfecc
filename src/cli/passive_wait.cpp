// SPDX-License-Identifier: Apache-2.0
// Makes OpenMP's threads sleep at barriers, where by default they spin: beside other busy processes
// those that spin take the time of those that compute (docs/benchmarks.md).
//
// libgomp reads its variables in a constructor, before main. So the program starts itself again with
// OMP_WAIT_POLICY=passive, from .preinit_array: before the constructors of the shared libraries,
// which are most of the time of a start. The C library sets `environ` after that, so setenv() here
// would be without effect.
#include <sys/auxv.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <string_view>
#include <vector>

#include "early_start.hpp"

namespace {

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // not set up before constructors

bool is_wait_setting(std::string_view variable) {
  return variable.starts_with("OMP_WAIT_POLICY=") || variable.starts_with("GOMP_SPINCOUNT=");
}

void start_again_with_passive_wait(char** arguments, char** environment) {
  // No base address: the dynamic linker was started as the program, and would be again.
  if (environment == nullptr || ::getauxval(AT_BASE) == 0) return;
  std::vector<char*> variables;
  for (char** variable = environment; *variable != nullptr; ++variable) {
    if (is_wait_setting(*variable)) return;  // the user's, or that of the first start
    variables.push_back(*variable);
  }
  char passive[] = "OMP_WAIT_POLICY=passive";
  variables.push_back(passive);
  variables.push_back(nullptr);
  std::array<char, PATH_MAX> program{};  // the real path: the process keeps its name
  if (::readlink("/proc/self/exe", program.data(), program.size() - 1) <= 0) return;
  ::execve(program.data(), arguments, variables.data());
  // Where that fails the program goes on with threads that spin.
}

void start_early(int, char** arguments, char** environment) {
  catdog::open_closed_streams();
  start_again_with_passive_wait(arguments, environment);
  catdog::end_on_uncaught_exceptions();
  catdog::leave_removed_folder();
}

using Start = void (*)(int, char**, char**);
[[gnu::section(".preinit_array"), gnu::used]] const Start kStart = start_early;

#endif

}  // namespace
