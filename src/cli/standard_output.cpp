// SPDX-License-Identifier: Apache-2.0
#include "catdog/cli/standard_output.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "catdog/core/display_text.hpp"

namespace catdog {
namespace {

void check_written(bool is_written) {
  if (is_written) return;
  if (errno == EPIPE) throw Interrupted(SIGPIPE);
  throw Error(std::string("the result could not be written to stdout: ") + std::strerror(errno));
}

}  // namespace

void print_text(std::string_view text) { print_data(shown_lines(text)); }

void print_data(std::string_view text) {
  check_written(std::fwrite(text.data(), 1, text.size(), stdout) == text.size());
}

void flush_results() { check_written(std::fflush(stdout) == 0); }

void finish_results() {
  try {
    flush_results();
  } catch (const Error& error) {
    throw Error(std::string(error.what()) + "; everything else that the command does is done");
  }
}

void print_to_stderr(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines)
    text += (text.empty() ? "catdog: " : "  ") + shown(line) + "\n";
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace catdog
