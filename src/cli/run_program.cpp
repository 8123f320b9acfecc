// SPDX-License-Identifier: Apache-2.0
#include "catdog/cli/run_program.hpp"

#include <c10/util/Exception.h>
#include <spdlog/fmt/fmt.h>
#include <sys/resource.h>

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
#include "catdog/core/files.hpp"
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

// Where the address space is limited: libraries that get no memory fail with all kinds of messages.
std::string memory_hint() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return "";
  return fmt::format("; the cause may be that this process may map only {} MB (ulimit -v)",
                     limit.rlim_cur >> 20);
}

// What the system refused, without the name of the function that it was asked through.
std::string text_of(const fs::filesystem_error& error) {
  if (error.path1().empty() && error.code() == std::errc::no_such_file_or_directory) {
    return "the current folder was removed: change to another folder";
  }
  return shown(error.path1()) + ": " + error.code().message();
}

// Of the start of a thread, or of a library.
std::string text_of(const std::system_error& error) {
  if (error.code() == std::errc::resource_unavailable_try_again) {
    return "no other thread could be started: a limit on threads or memory is too low (ulimit -u, "
           "ulimit -v)";
  }
  return error.what();
}

int report_failure(std::vector<std::string> lines, ExitCode code) {
  lines[0] = "error: " + lines[0];
  print_to_stderr(lines);
  return static_cast<int>(code);
}

int parse_and_run(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) return report_failure({usage_error(app, error)}, ExitCode::usage);
    std::ostringstream text;  // --help, --version
    app.exit(error, text, text);
    print_text(text.str());
  }
  finish_results();
  return static_cast<int>(ExitCode::ok);
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
    return report_failure({first_line(error) + memory_hint()}, ExitCode::failed);
  } catch (const std::bad_alloc&) {
    return report_failure({"out of memory" + memory_hint()}, ExitCode::failed);
  } catch (const fs::filesystem_error& error) {
    return report_failure({text_of(error)}, ExitCode::failed);
  } catch (const std::system_error& error) {
    return report_failure({text_of(error)}, ExitCode::failed);
  } catch (const std::exception& error) {
    return report_failure({error.what() + memory_hint()}, ExitCode::failed);
  }
}

}  // namespace catdog
