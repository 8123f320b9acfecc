// SPDX-License-Identifier: Apache-2.0
// What is said of a command line that cannot be parsed.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace catdog {

// One line that names the word or flag that is unknown and the nearest known one. `program` has
// just thrown `error` from parse().
std::string usage_error(const CLI::App& program, const CLI::ParseError& error);

}  // namespace catdog
