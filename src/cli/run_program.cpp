// SPDX-License-Identifier: Apache-2.0
#include "catdog/cli/run_program.hpp"

#include <c10/util/Exception.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <new>
#include <string>
#include <system_error>

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

int report_failure(const std::string& message, ExitCode code) {
  std::fprintf(stderr, "catdog: error: %s\n", message.c_str());
  return static_cast<int>(code);
}

}  // namespace

int run_program(int argc, char** argv) {
  CLI::App app("Trains, judges and uses a small image classifier from little data.", "catdog");
  setup_program(app);
  try {
    app.parse(argc, argv);
    flush_results();
    return static_cast<int>(ExitCode::ok);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return report_failure(usage_error(app, error), ExitCode::usage);
  } catch (const Interrupted& interrupted) {
    // The reader closed the pipe: exit without a message.
    if (interrupted.signal != SIGPIPE) std::fprintf(stderr, "catdog: interrupted\n");
    end_by_signal(interrupted.signal);
  } catch (const Error& error) {
    return report_failure(error.what(), error.code());
  } catch (const c10::Error& error) {
    return report_failure(first_line(error), ExitCode::failed);
  } catch (const std::bad_alloc&) {
    return report_failure("out of memory", ExitCode::failed);
  } catch (const std::system_error& error) {  // fmt::print's
    if (error.code() == std::errc::broken_pipe) end_by_signal(SIGPIPE);
    return report_failure(error.what(), ExitCode::failed);
  } catch (const std::exception& error) {
    return report_failure(error.what(), ExitCode::failed);
  }
}

}  // namespace catdog
