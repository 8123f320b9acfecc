// SPDX-License-Identifier: Apache-2.0
// Scripts that complete catdog's commands, flags and values, one for each shell. They need nothing
// but the shell, and do not run the program.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "command_tree.hpp"

namespace catdog {

// Every key of the config, with its values where those can be listed.
using SettingKeys = std::vector<std::pair<std::string, std::vector<std::string>>>;

std::string bash_completion(const std::vector<Command>& commands, const SettingKeys& keys);
std::string zsh_completion(const std::vector<Command>& commands, const SettingKeys& keys);
std::string fish_completion(const std::vector<Command>& commands, const SettingKeys& keys);

// 'text', in which none of these shells finds anything to expand; bash and zsh write a ' within as
// '\'', which fish understands too.
std::string shell_quoted(const std::string& text);

std::string joined(const std::vector<std::string>& words, const char* between = " ");

}  // namespace catdog
