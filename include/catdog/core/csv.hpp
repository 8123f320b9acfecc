// SPDX-License-Identifier: Apache-2.0
// Tables as comma-separated values: RFC 4180, lines ended by a newline alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace catdog {

// One line, ended; fields that hold a comma, a quote or a line's end stand in quotes.
std::string csv_row(const std::vector<std::string>& fields);

// The rows of a whole table; lines may end in "\r\n" too. Throws Error, naming `name` and the line,
// where quotes do not fit.
std::vector<std::vector<std::string>> parse_csv(std::string_view text, const std::string& name);

}  // namespace catdog
