// SPDX-License-Identifier: Apache-2.0
// The program's commands as data, read from the tree of CLI11 that --help prints: what the man page
// and the shells' completion are written from.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace catdog {

// What a shell may offer in the place of a value.
struct Completion {
  std::vector<std::string> words = {};
  bool files = false;
  bool folders = false;
  bool settings = false;  // section.key=value
};

struct Argument {
  std::vector<std::string> names;  // "-o", "--output"; of a positional its one name
  std::string help;
  std::string type;           // or the rule: "INT", "INT in [1 - 100]", "{fp32,bf16}"; may be empty
  std::string default_value;  // may be empty
  bool takes_value;           // false for a flag
  bool required;
  bool repeats;  // takes any number of values
  bool is_list;  // commas part the values
  Completion completion;
};

struct Command {
  std::string name;  // empty: of the program itself
  std::string help;
  std::vector<Argument> flags, positionals;
  std::vector<std::string> examples;  // lines, remarks among them, as add_examples() wrote them
};

// The program's own flags first, under the name "", then its commands in their order.
std::vector<Command> read_commands(const CLI::App& program);

}  // namespace catdog
