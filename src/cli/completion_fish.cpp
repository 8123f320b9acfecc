// SPDX-License-Identifier: Apache-2.0
#include <spdlog/fmt/fmt.h>

#include "completion_scripts.hpp"

namespace catdog {
namespace {

// The words that may stand for an argument's value, as an option of fish's complete.
std::string words_of(const Argument& argument, const SettingKeys& keys) {
  std::vector<std::string> words = argument.completion.words;
  if (argument.completion.settings) {
    for (const auto& [key, choices] : keys) {
      if (choices.empty()) words.push_back(key + "=");
      for (const std::string& choice : choices) words.push_back(key + "=" + choice);
    }
  }
  if (argument.completion.folders) words.emplace_back("(__fish_complete_directories)");
  if (words.empty()) return "";
  const std::string text = joined(words);
  return " -a " + shell_quoted(argument.is_list ? "(__fish_append , " + text + ")" : text);
}

std::string line_of(const std::string& condition, const std::string& rest,
                    const std::string& help) {
  return fmt::format("complete -c catdog -n {}{} -d {}\n", shell_quoted(condition), rest,
                     shell_quoted(help));
}

}  // namespace

std::string fish_completion(const std::vector<Command>& commands, const SettingKeys& keys) {
  std::string text =
      "# fish completion for catdog, written by: catdog completion fish\n\ncomplete -c catdog -f\n";
  for (const Command& command : commands) {
    const std::string within = command.name.empty() ? "__fish_use_subcommand"
                                                    : "__fish_seen_subcommand_from " + command.name;
    if (!command.name.empty()) {
      text += "\n" + line_of("__fish_use_subcommand", " -a " + command.name, command.help);
    }
    for (const Argument& flag : command.flags) {
      std::string names;
      for (const std::string& name : flag.names) {
        names += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      if (flag.takes_value) names += flag.completion.files ? " -r -F" : " -x";
      text += line_of(within, names + words_of(flag, keys), flag.help);
    }
    for (const Argument& positional : command.positionals) {
      const char* files = positional.completion.files ? " -F" : "";
      text += line_of(within, files + words_of(positional, keys), positional.help);
    }
  }
  return text;
}

}  // namespace catdog
