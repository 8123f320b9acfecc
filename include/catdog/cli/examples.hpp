// SPDX-License-Identifier: Apache-2.0
// The examples at the end of a command's --help. tests/test_help_examples.py runs each of them.
#pragma once

#include <CLI/CLI.hpp>
#include <initializer_list>

namespace catdog {

struct Example {
  const char* what;     // it does, in a few words
  const char* command;  // a line for bash
};

void add_examples(CLI::App& command, std::initializer_list<Example> examples);

}  // namespace catdog
