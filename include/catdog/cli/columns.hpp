// SPDX-License-Identifier: Apache-2.0
// Texts in columns, for a person.
#pragma once

#include <string>
#include <vector>

namespace catdog {

// One line a row, each cell as wide as the widest of its column, two blanks between them. A row of
// fewer cells than the first widens no column: its last cell runs on to the right.
std::string in_columns(const std::vector<std::vector<std::string>>& rows);

}  // namespace catdog
