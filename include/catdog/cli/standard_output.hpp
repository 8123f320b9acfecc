// SPDX-License-Identifier: Apache-2.0
// What is printed for other programs must get there, or it is said.
#pragma once

#include <string>

namespace catdog {

// Throws Error if stdout takes no more; Interrupted by SIGPIPE if its reader has gone, as `head`
// has when it has its lines.
void print_result(const std::string& text);
void flush_results();

}  // namespace catdog
