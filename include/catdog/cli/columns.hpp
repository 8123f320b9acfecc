// SPDX-License-Identifier: Apache-2.0
// Texts in columns, for a person.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace catdog {

// Characters of a UTF-8 text, not bytes.
size_t width_of(const std::string& text);

// One line a row, each cell as wide as the widest of its column, two blanks between them. A row of
// fewer cells than the first widens no column: its last cell runs on to the right. Cells are
// shown() as one line each.
std::string in_columns(std::vector<std::vector<std::string>> rows);

}  // namespace catdog
