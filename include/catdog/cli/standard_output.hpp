// SPDX-License-Identifier: Apache-2.0
// The one way of all commands to stdout, and of errors to stderr. What is printed for other
// programs must get there, or it is said.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace catdog {

// Prints text for a person: shown_lines() of it. A name within a line must have gone through
// shown() before, so that it cannot end the line. Throws Error if stdout takes no more; Interrupted
// by SIGPIPE if its reader has gone, as `head` has when it has its lines.
void print_text(std::string_view text);

// Prints text for a program, byte by byte: JSON, CSV, a generated script. Throws as print_text().
void print_data(std::string_view text);

// Throws as print_text().
void flush_results();

// The same at the end of a command that has succeeded: the Error says that its files are whole.
void finish_results();

// Writes "catdog: <line>" to stderr, and the further lines below it, each as shown(). A failure is
// ignored: there is no place to report it.
void print_to_stderr(const std::vector<std::string>& lines);

}  // namespace catdog
