// SPDX-License-Identifier: Apache-2.0
#include "catdog/cli/standard_output.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "catdog/core/error.hpp"

namespace catdog {

std::string stdout_fault(int error) {
  return std::string("the result could not be written to stdout: ") + std::strerror(error);
}

namespace {

void check_written(bool is_written) {
  if (is_written) return;
  if (errno == EPIPE) throw Interrupted(SIGPIPE);
  throw Error(stdout_fault(errno));
}

}  // namespace

void print_result(const std::string& text) { check_written(std::fputs(text.c_str(), stdout) >= 0); }

void flush_results() { check_written(std::fflush(stdout) == 0); }

void finish_results() {
  try {
    flush_results();
  } catch (const Error& error) {
    throw Error(std::string(error.what()) + "; everything else that the command does is done");
  }
}

}  // namespace catdog
