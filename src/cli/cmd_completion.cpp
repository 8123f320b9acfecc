// SPDX-License-Identifier: Apache-2.0
// catdog completion: a script by which a shell completes commands, flags and values.
#include <spdlog/fmt/fmt.h>

#include "catdog/cli/commands.hpp"
#include "catdog/cli/standard_output.hpp"
#include "completion_scripts.hpp"

namespace catdog {

void setup_completion(CLI::App& program) {
  auto options = std::make_shared<CompletionCommand>();
  CLI::App* command =
      program.add_subcommand("completion", "Print a script by which a shell completes commands");
  command->add_option("SHELL", options->shell, "bash, zsh or fish")
      ->required()
      ->type_name("")
      ->check(one_of({"bash", "zsh", "fish"}));
  add_examples(*command, {{"bash, in this terminal; the same line in ~/.bashrc is for all to come",
                           "eval \"$(catdog completion bash)\""},
                          {"fish, for good",
                           "catdog completion fish > ~/.config/fish/completions/catdog.fish"}});
  command->callback([options, &program] { run_completion(program, *options); });
}

void run_completion(const CLI::App& program, const CompletionCommand& options) {
  const std::vector<Command> commands = read_commands(program);
  const SettingKeys keys = setting_keys();
  print_data(options.shell == "bash"  ? bash_completion(commands, keys)
             : options.shell == "zsh" ? zsh_completion(commands, keys)
                                      : fish_completion(commands, keys));
}

std::string shell_quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string joined(const std::vector<std::string>& words, const char* between) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

}  // namespace catdog
