// SPDX-License-Identifier: Apache-2.0
// The whole program behind main().
#pragma once

namespace catdog {

// Parses the command line, runs the command, writes an error as one line to stderr, and returns the
// exit code. Where a signal ended the command, the process ends by that signal.
int run_program(int argc, char** argv);

}  // namespace catdog
