// SPDX-License-Identifier: Apache-2.0
#include "catdog/cli/examples.hpp"

namespace catdog {

void add_examples(CLI::App& command, std::initializer_list<Example> examples) {
  std::string text = "Examples:";
  for (const Example& example : examples) {
    text += std::string("\n  # ") + example.what + "\n  " + example.command;
  }
  command.footer(text);
}

}  // namespace catdog
