// SPDX-License-Identifier: Apache-2.0
#include <spdlog/fmt/fmt.h>

#include "completion_scripts.hpp"

namespace catdog {
namespace {

// Within a specification of _arguments some characters are its own.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

// What is done for a value; a blank first means that _arguments adds nothing to the call.
std::string action_of(const Argument& argument) {
  const Completion& completion = argument.completion;
  const std::string words = joined(completion.words);
  if (completion.settings) return " _catdog_settings";
  if (completion.folders) return "_files -/";
  if (completion.files && words.empty()) return "_files";
  if (completion.files) return " _catdog_words_or_files " + words;
  if (argument.is_list && !words.empty()) return " _values -s , value " + words;
  if (!words.empty()) return "(" + words + ")";
  return " ";
}

std::string value_spec(const Argument& argument) {
  const std::string& what = argument.type.empty() ? argument.names.back() : argument.type;
  // The values of a list need not be said twice.
  return ":" + (what.find('{') == std::string::npos ? escaped(what) : std::string("value")) + ":" +
         action_of(argument);
}

// One line a name, which excludes the others of the same flag unless it may come again.
std::string flag_specs(const Argument& flag) {
  std::string specs;
  const bool ends = flag.names.back() == "--help" || flag.names.back() == "--version";
  const bool again = flag.completion.settings || flag.repeats;
  const std::string excludes = ends ? "(- *)" : again ? "*" : "(" + joined(flag.names) + ")";
  for (const std::string& name : flag.names) {
    std::string spec = excludes + name;
    if (flag.takes_value) spec += name.starts_with("--") ? "=" : "+";
    spec += "[" + escaped(flag.help) + "]";
    if (flag.takes_value) spec += value_spec(flag);
    specs += " \\\n        " + shell_quoted(spec);
  }
  return specs;
}

std::string arguments_of(const Command& command) {
  std::string specs;
  for (const Argument& flag : command.flags) specs += flag_specs(flag);
  for (const Argument& positional : command.positionals) {
    specs += " \\\n        " + shell_quoted((positional.repeats    ? "*"
                                             : positional.required ? ""
                                                                   : ":") +
                                            value_spec(positional));
  }
  return specs;
}

constexpr const char* kZshFunctions = R"zsh(
_catdog_words_or_files() {
  compadd -- "$@"
  _files
}

# The file in a folder of $fpath is the function; a script that is read makes it known.
if [[ ${funcstack[1]} == _catdog ]]; then
  _catdog "$@"
else
  compdef _catdog catdog
fi
)zsh";

}  // namespace

std::string zsh_completion(const std::vector<Command>& commands, const SettingKeys& keys) {
  std::string names, cases, key_names, settings;
  for (const Command& command : commands) {
    if (command.name.empty()) continue;
    std::string help;
    for (const char c : command.help) help += c == ':' ? std::string("\\:") : std::string(1, c);
    names += "        " + shell_quoted(command.name + ":" + help) + "\n";
    cases +=
        fmt::format("        {})\n      _arguments -s{} ;;\n", command.name, arguments_of(command));
  }
  for (const auto& [key, choices] : keys) {
    key_names += " " + key + "=";
    if (!choices.empty()) {
      settings += fmt::format("      {}) compadd -- {} ;;\n", key, joined(choices));
    }
  }
  return fmt::format(
      "#compdef catdog\n# zsh completion for catdog, written by: catdog completion zsh\n\n"
      "_catdog() {{\n"
      "  local context state state_descr line\n  typeset -A opt_args\n"
      "  _arguments -C{} \\\n        ':command:->command' '*::argument:->argument'\n"
      "  case $state in\n    command)\n      local -a commands=(\n{}      )\n"
      "      _describe command commands ;;\n    argument)\n      case $words[1] in\n{}"
      "      esac ;;\n  esac\n}}\n\n"
      "_catdog_settings() {{\n  if compset -P '*='; then\n    case ${{${{IPREFIX%=}}##*=}} in\n{}"
      "    esac\n  else\n    compadd -S '' --{}\n  fi\n}}\n{}",
      arguments_of(commands[0]), names, cases, settings, key_names, kZshFunctions);
}

}  // namespace catdog
