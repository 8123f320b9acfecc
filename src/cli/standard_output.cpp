// SPDX-License-Identifier: Apache-2.0
#include "catdog/cli/standard_output.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>

#include "catdog/core/error.hpp"

namespace catdog {
namespace {

void check_written(bool is_written) {
  if (is_written) return;
  if (errno == EPIPE) throw Interrupted(SIGPIPE);
  throw Error("the result could not be written to stdout");
}

}  // namespace

void print_result(const std::string& text) { check_written(std::fputs(text.c_str(), stdout) >= 0); }

void flush_results() { check_written(std::fflush(stdout) == 0); }

}  // namespace catdog
