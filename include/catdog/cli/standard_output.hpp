// SPDX-License-Identifier: Apache-2.0
// What is printed for other programs must get there, or it is said.
#pragma once

#include <string>

namespace catdog {

// Throws Error if stdout takes no more; Interrupted by SIGPIPE if its reader has gone, as `head`
// has when it has its lines.
void print_result(const std::string& text);
void flush_results();

// The same at the end of a command that has succeeded: the Error says that its files are whole.
void finish_results();

// The message where stdout takes no more; `error` is an errno.
std::string stdout_fault(int error);

}  // namespace catdog
