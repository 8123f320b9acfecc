// SPDX-License-Identifier: Apache-2.0
// The program: sets up logging, catches once, returns the exit code.
#include <malloc.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <new>
#include <opencv2/core/utility.hpp>
#include <string_view>
#include <system_error>

#include "catdog/cli/commands.hpp"
#include "catdog/cli/standard_output.hpp"
#include "catdog/cli/usage_error.hpp"
#include "catdog/core/error.hpp"
#include "catdog/core/mutable_stderr.hpp"
#include "catdog/core/signals.hpp"

namespace {

// Blocks of the size of a batch's activations stay with the process: by default glibc gives them
// back to the kernel after each step, and faulting them in again costs a tenth of the time.
void keep_large_blocks() {
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, -1);
  mallopt(M_TOP_PAD, 256 << 20);
}

// "warning: " before a warning, nothing before other messages.
class LevelPrefix : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    constexpr std::string_view kPrefix = "warning: ";
    if (message.level == spdlog::level::warn) out.append(kPrefix);
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<LevelPrefix>();
  }
};

// Messages for a person go to stderr; results, and nothing else, to stdout.
void set_up_logging() {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("catdog"));
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<LevelPrefix>('*').set_pattern("%*%v");
  spdlog::set_formatter(std::move(formatter));
}

// What LibTorch says, without the trace of its insides.
std::string first_line(const c10::Error& error) {
  const std::string text = error.what_without_backtrace();
  const bool no_memory = text.find("allocate memory") != std::string::npos ||
                         text.find("out of memory") != std::string::npos;
  return text.substr(0, text.find('\n')) +
         (no_memory ? ": a smaller --batch-size or data.image_size may help" : "");
}

int fail(const std::string& message, catdog::ExitCode code) {
  std::fprintf(stderr, "catdog: error: %s\n", message.c_str());
  return static_cast<int>(code);
}

}  // namespace

int main(int argc, char** argv) {
  keep_large_blocks();
  catdog::make_stderr_mutable();
  set_up_logging();
  catdog::catch_interrupts();
  cv::setNumThreads(1);  // pictures are spread over our own threads

  CLI::App app("Trains, judges and uses a small image classifier from little data.", "catdog");
  catdog::setup_program(app);
  try {
    app.parse(argc, argv);
    catdog::flush_results();
    return static_cast<int>(catdog::ExitCode::ok);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return fail(catdog::usage_error(app, error), catdog::ExitCode::usage);
  } catch (const catdog::Interrupted& interrupted) {
    // A reader who has seen enough is no interruption worth a word.
    if (interrupted.signal != SIGPIPE) std::fprintf(stderr, "catdog: interrupted\n");
    catdog::end_by_signal(interrupted.signal);
  } catch (const catdog::Error& error) {
    return fail(error.what(), error.code());
  } catch (const c10::Error& error) {
    return fail(first_line(error), catdog::ExitCode::failed);
  } catch (const std::bad_alloc&) {
    return fail("out of memory", catdog::ExitCode::failed);
  } catch (const std::system_error& error) {  // fmt::print's
    if (error.code() == std::errc::broken_pipe) catdog::end_by_signal(SIGPIPE);
    return fail(error.what(), catdog::ExitCode::failed);
  } catch (const std::exception& error) {
    return fail(error.what(), catdog::ExitCode::failed);
  }
}
