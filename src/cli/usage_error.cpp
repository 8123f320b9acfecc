// SPDX-License-Identifier: Apache-2.0
#include "catdog/cli/usage_error.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "catdog/core/files.hpp"
#include "catdog/core/text.hpp"
#include "command_tree.hpp"

namespace catdog {
namespace {

bool is_flag(const std::string& word) { return word.size() > 1 && word[0] == '-'; }

std::string without_value(const std::string& flag) { return flag.substr(0, flag.find('=')); }

std::vector<std::string> flags_of(const Command& command) {
  std::vector<std::string> names;
  for (const Argument& flag : command.flags) {
    names.insert(names.end(), flag.names.begin(), flag.names.end());
  }
  return names;
}

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// A hint at the nearest of `candidates`, or at the list of them.
std::string hint(const std::string& word, const std::vector<std::string>& candidates,
                 const std::string& list) {
  const std::string nearest = did_you_mean(word, candidates);
  return nearest.empty() ? "; " + list : nearest;
}

// No command was given, or none that is known.
std::string command_error(const std::vector<Command>& commands, const std::string& word) {
  std::vector<std::string> names;
  for (const Command& command : commands) {
    if (!command.name.empty()) names.push_back(command.name);
  }
  if (word.empty()) {
    return fmt::format("a command is missing: {}; catdog --help explains them", join_and(names));
  }
  return fmt::format("there is no command {}", shown(word)) +
         hint(word, names, "catdog --help lists the commands");
}

// A flag that stands before the command, or without one.
std::string program_flag_error(const std::vector<Command>& commands, const std::string& flag,
                               const CLI::App* chosen) {
  for (const Command& command : commands) {
    if (chosen == nullptr || command.name != chosen->get_name()) continue;
    if (contains(flags_of(command), flag)) {
      return fmt::format("{} belongs after the command: catdog {} {} …", flag, command.name, flag);
    }
  }
  return fmt::format("there is no flag {}", shown(flag)) +
         hint(flag, flags_of(commands.front()), "catdog --help lists flags and commands");
}

// A flag or a word that the command does not take.
std::string argument_error(const Command& command, const std::vector<std::string>& unknown) {
  const std::vector<std::string> known = flags_of(command);
  const std::string list = fmt::format("catdog {} --help lists what it takes", command.name);
  const auto found = std::find_if(unknown.begin(), unknown.end(), is_flag);
  if (found != unknown.end()) {
    const std::string flag = without_value(*found);
    return fmt::format("catdog {} has no flag {}", command.name, shown(flag)) +
           hint(flag, known, list);
  }
  const std::string flag = "--" + without_value(unknown.front());
  return fmt::format("catdog {} does not take the argument {}; {}", command.name,
                     shown(unknown.front()),
                     contains(known, flag) ? "did you mean " + flag + "?" : list);
}

}  // namespace

std::string usage_error(const CLI::App& program, const CLI::ParseError& error) {
  const std::vector<Command> commands = read_commands(program);
  const std::vector<CLI::App*> parsed = program.get_subcommands();
  const CLI::App* chosen = parsed.empty() ? nullptr : parsed.front();
  const std::vector<std::string> before = program.remaining();
  if (!before.empty() && is_flag(before.front())) {
    return program_flag_error(commands, without_value(before.front()), chosen);
  }
  if (!before.empty() || chosen == nullptr) {
    return command_error(commands, before.empty() ? "" : before.front());
  }
  const std::vector<std::string> unknown = chosen->remaining(/*recurse=*/true);
  if (unknown.empty()) return error.what();
  const auto command = std::find_if(commands.begin(), commands.end(), [&](const Command& one) {
    return one.name == chosen->get_name();
  });
  return argument_error(*command, unknown);
}

}  // namespace catdog
