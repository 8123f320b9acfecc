// SPDX-License-Identifier: Apache-2.0
#include "catdog/cli/run_program.hpp"

#include <c10/util/Exception.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <new>
#include <sstream>
#include <string>
#include <vector>

#include "catdog/cli/commands.hpp"
#include "catdog/cli/standard_output.hpp"
#include "catdog/cli/usage_error.hpp"
#include "catdog/core/error.hpp"
#include "catdog/core/signals.hpp"

namespace catdog {
namespace {

// What LibTorch says, without the trace of its insides.
std::string first_line(const c10::Error& error) {
  const std::string text = error.what_without_backtrace();
  const bool no_memory = text.find("allocate memory") != std::string::npos ||
                         text.find("out of memory") != std::string::npos;
  return text.substr(0, text.find('\n')) +
         (no_memory ? ": a smaller --batch-size or data.image_size may help" : "");
}

int report_failure(std::vector<std::string> lines, ExitCode code) {
  lines[0] = "error: " + lines[0];
  print_to_stderr(lines);
  return static_cast<int>(code);
}

// --help and --version, which CLI11 has as exceptions.
int print_help(const CLI::App& app, const CLI::ParseError& error) {
  std::ostringstream text, nothing;
  const int code = app.exit(error, text, nothing);
  print_text(text.str());
  flush_results();
  return code;
}

int parse_and_run(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    flush_results();
    return static_cast<int>(ExitCode::ok);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return print_help(app, error);
    return report_failure({usage_error(app, error)}, ExitCode::usage);
  }
}

}  // namespace

int run_program(int argc, char** argv) {
  CLI::App app("Trains, judges and uses a small image classifier from little data.", "catdog");
  setup_program(app);
  try {
    return parse_and_run(app, argc, argv);
  } catch (const Interrupted& interrupted) {
    // The reader closed the pipe: exit without a message.
    if (interrupted.signal != SIGPIPE) print_to_stderr({"interrupted"});
    end_by_signal(interrupted.signal);
  } catch (const Error& error) {
    return report_failure(error.lines(), error.code());
  } catch (const c10::Error& error) {
    return report_failure({first_line(error)}, ExitCode::failed);
  } catch (const std::bad_alloc&) {
    return report_failure({"out of memory"}, ExitCode::failed);
  } catch (const std::exception& error) {
    return report_failure({error.what()}, ExitCode::failed);
  }
}

}  // namespace catdog
