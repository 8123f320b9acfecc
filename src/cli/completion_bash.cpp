// SPDX-License-Identifier: Apache-2.0
#include <spdlog/fmt/fmt.h>

#include "completion_scripts.hpp"

namespace catdog {
namespace {

// The functions that do not depend on the commands. bash 4.0 or later, without its package of
// completion helpers.
constexpr const char* kBashFunctions = R"bash(
# COMPREPLY from $words, files, folders or settings, for what is typed of a value.
_catdog_offer() {
  local value=$1 keep=$2 reply
  if [[ $kinds == *settings* ]]; then
    if [[ $value == *=* ]]; then
      words= kinds=
      _catdog_setting "${value%%=*}"
      keep+=${value%%=*}=
      value=${value#*=}
    else
      compopt -o nospace 2>/dev/null
    fi
  elif [[ $kinds == *list* && $value == *,* ]]; then
    keep+=${value%,*},
    value=${value##*,}
  fi
  # What readline replaces begins after the last = that it parts words at.
  [[ $typed != "$current" ]] && keep=${keep##*=}
  while IFS= read -r reply; do
    COMPREPLY+=("$keep$reply")
  done < <(
    compgen -W "$words" -- "$value"
    [[ $kinds == *files* ]] && compgen -f -- "$value"
    [[ $kinds == *folders* ]] && compgen -d -- "$value"
  )
  [[ $kinds == *f* ]] && compopt -o filenames 2>/dev/null
}

_catdog() {
  local current=${COMP_WORDS[COMP_CWORD]} typed command flag= place=0 kinds= words= i
  local -a line=()
  COMPREPLY=()
  # Words as the shell will see them: readline parts them at = as well. An empty one is a new word,
  # for of "a=" the last is "=".
  for ((i = 1; i <= COMP_CWORD; ++i)); do
    if ((i > 1)) && [[ ${COMP_WORDS[i]} == = ||
      (${COMP_WORDS[i - 1]} == = && -n ${COMP_WORDS[i]}) ]]; then
      line[${#line[@]} - 1]+=${COMP_WORDS[i]}
    else
      line+=("${COMP_WORDS[i]}")
    fi
  done
  typed=${line[${#line[@]} - 1]}
  if ((${#line[@]} == 1)); then
    words=$_catdog_commands
    [[ $typed == -* ]] && words=$(_catdog_flags '')
    _catdog_offer "$typed" ''
    return
  fi
  command=${line[0]}
  for ((i = 1; i < ${#line[@]} - 1; ++i)); do
    if [[ -n $flag ]]; then
      flag=
    elif [[ ${line[i]} != -* ]]; then
      ((++place))
    elif [[ ${line[i]} != *=* ]] && _catdog_value "$command ${line[i]}"; then
      flag=${line[i]}
    fi
  done
  kinds= words=
  if [[ -n $flag ]]; then
    _catdog_value "$command $flag"
    _catdog_offer "$typed" ''
  elif [[ $typed == --*=* ]]; then
    _catdog_value "$command ${typed%%=*}"
    _catdog_offer "${typed#*=}" "${typed%%=*}="
  else
    [[ $typed != -* ]] && _catdog_value "$command $place"
    [[ -z $kinds$words ]] && words=$(_catdog_flags "$command")
    _catdog_offer "$typed" ''
  fi
}

complete -F _catdog catdog
)bash";

std::string value_case(const std::string& pattern, const Argument& argument) {
  const Completion& completion = argument.completion;
  std::string kinds;
  if (completion.files) kinds += "files ";
  if (completion.folders) kinds += "folders ";
  if (completion.settings) kinds += "settings ";
  if (argument.is_list) kinds += "list ";
  if (!kinds.empty()) kinds.pop_back();
  std::string text = fmt::format("    {})", pattern);
  if (!kinds.empty()) text += fmt::format(" kinds={}", shell_quoted(kinds));
  if (completion.settings) {
    text += " words=$_catdog_keys";
  } else if (!completion.words.empty()) {
    text += fmt::format(" words={}", shell_quoted(joined(completion.words)));
  }
  return text + " ;;\n";
}

}  // namespace

std::string bash_completion(const std::vector<Command>& commands, const SettingKeys& keys) {
  std::string names, flags, values, settings, key_names;
  for (const Command& command : commands) {
    if (!command.name.empty()) names += (names.empty() ? "" : " ") + command.name;
    std::vector<std::string> all;
    for (const Argument& flag : command.flags) {
      all.insert(all.end(), flag.names.begin(), flag.names.end());
      for (const std::string& name : flag.names) {
        if (flag.takes_value) values += value_case(shell_quoted(command.name + " " + name), flag);
      }
    }
    flags += fmt::format("    {}) printf %s {} ;;\n", shell_quoted(command.name),
                         shell_quoted(joined(all)));
    for (size_t place = 0; place < command.positionals.size(); ++place) {
      const Argument& positional = command.positionals[place];
      values +=
          value_case(positional.repeats ? shell_quoted(command.name + " ") + "[0-9]*"
                                        : shell_quoted(fmt::format("{} {}", command.name, place)),
                     positional);
    }
  }
  for (const auto& [key, choices] : keys) {
    key_names += (key_names.empty() ? "" : " ") + key + "=";
    if (choices.empty()) continue;
    settings += fmt::format("    {}) words={} ;;\n", key, shell_quoted(joined(choices)));
  }
  return fmt::format(
      "# bash completion for catdog, written by: catdog completion bash\n\n"
      "_catdog_commands={}\n_catdog_keys={}\n\n"
      "_catdog_flags() {{\n  case $1 in\n{}  esac\n}}\n\n"
      "# What may follow a flag, or stand in a place. Fails where nothing may.\n"
      "_catdog_value() {{\n  case $1 in\n{}    *) return 1 ;;\n  esac\n}}\n\n"
      "_catdog_setting() {{\n  case $1 in\n{}  esac\n}}\n{}",
      shell_quoted(names), shell_quoted(key_names), flags, values, settings, kBashFunctions);
}

}  // namespace catdog
