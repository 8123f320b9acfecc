// SPDX-License-Identifier: Apache-2.0
#include "command_tree.hpp"

#include <algorithm>
#include <sstream>

#include "catdog/cli/config_flags.hpp"

namespace catdog {
namespace {

// The values that a type lists: {fp32,bf16}; none if it lists none.
std::vector<std::string> listed_in(const std::string& type) {
  const size_t begin = type.find('{'), end = type.find('}');
  if (begin == std::string::npos || end == std::string::npos) return {};
  std::istringstream list(type.substr(begin + 1, end - begin - 1));
  std::vector<std::string> words;
  for (std::string word; std::getline(list, word, ',');) words.push_back(word);
  return words;
}

// What the name of a type, or of a positional without one, says of its values.
Completion completion_of(const std::string& type) {
  Completion completion{.words = listed_in(type)};
  completion.folders = type == "DIR" || type == "SOURCE" || type == "DEST";
  completion.files = type == "FILE" || type == "PATH" || type == "CONFIG";
  completion.settings = type == "KEY=VALUE";
  if (type == "CONFIG") completion.words = shipped_config_names();
  return completion;
}

Argument read_argument(const CLI::Option& option) {
  Argument argument;
  for (const std::string& name : option.get_snames()) argument.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) argument.names.push_back("--" + name);
  if (option.get_positional()) argument.names = {option.get_name(/*positional=*/true)};
  argument.help = option.get_description();
  argument.type = option.get_type_name();
  // "INT:INT in [1 - 100]", the type and what is checked of it: the latter says all.
  argument.type.erase(0, argument.type.find(':') + 1);
  argument.takes_value = option.get_items_expected_max() > 0;
  if (argument.takes_value) argument.default_value = option.get_default_str();
  argument.required = option.get_required();
  argument.is_list = option.get_delimiter() != '\0';
  argument.repeats = option.get_expected_max() >= CLI::detail::expected_max_vector_size;
  argument.completion =
      completion_of(argument.type.empty() ? argument.names.back() : argument.type);
  return argument;
}

// Those of an option group, which CLI11 keeps as a command without a name, are the command's own;
// it has a --help that nobody reaches.
void add_arguments(const CLI::App& app, Command& command) {
  for (const CLI::Option* option : app.get_options()) {
    if (app.get_name().empty() && option == app.get_help_ptr()) continue;
    (option->get_positional() ? command.positionals : command.flags)
        .push_back(read_argument(*option));
  }
  for (const CLI::App* group : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (group->get_name().empty()) add_arguments(*group, command);
  }
}

std::vector<std::string> example_lines(const std::string& footer) {
  std::istringstream lines(footer);
  std::vector<std::string> examples;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("  ")) examples.push_back(line.substr(2));
  }
  return examples;
}

Command read_command(const CLI::App& app, const std::string& name) {
  Command command{.name = name,
                  .help = app.get_description(),
                  .flags = {},
                  .positionals = {},
                  .examples = example_lines(app.get_footer())};
  add_arguments(app, command);
  return command;
}

}  // namespace

std::vector<Command> read_commands(const CLI::App& program) {
  std::vector<Command> commands = {read_command(program, "")};
  for (const CLI::App* app : program.get_subcommands([](const CLI::App*) { return true; })) {
    commands.push_back(read_command(*app, app->get_name()));
  }
  return commands;
}

}  // namespace catdog
