// SPDX-License-Identifier: Apache-2.0
// Sets up the process: memory, logging, signals; then runs the program.
#include <malloc.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <opencv2/core/utility.hpp>

#include "catdog/cli/log_format.hpp"
#include "catdog/cli/run_program.hpp"
#include "catdog/core/mutable_stderr.hpp"
#include "catdog/core/signals.hpp"
#include "early_start.hpp"

namespace {

// Blocks of the size of a batch's activations stay with the process: by default glibc gives them
// back to the kernel after each step, and faulting them in again costs a tenth of the time.
void keep_large_blocks() {
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, -1);
  mallopt(M_TOP_PAD, 256 << 20);
}

// Messages for a person go to stderr; results, and nothing else, to stdout.
void set_up_logging() {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("catdog"));
  spdlog::set_formatter(catdog::make_log_formatter());
}

}  // namespace

int main(int argc, char** argv) {
  catdog::open_closed_streams();  // a build with a sanitizer has no earlier start
  catdog::end_on_uncaught_exceptions();
  catdog::return_to_removed_folder();
  keep_large_blocks();
  catdog::make_stderr_mutable();
  set_up_logging();
  catdog::catch_interrupts();
  cv::setNumThreads(1);  // pictures are spread over our own threads

  return catdog::run_program(argc, argv);
}
