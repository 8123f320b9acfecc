// SPDX-License-Identifier: Apache-2.0
// The program's exit codes in words, for --help and the man page.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace catdog {

// Code and meaning, in the order of the codes.
const std::vector<std::pair<std::string, std::string>>& exit_codes();

}  // namespace catdog
