// SPDX-License-Identifier: Apache-2.0
#include "catdog/cli/columns.hpp"

#include <algorithm>

#include "catdog/core/display_text.hpp"

namespace catdog {

// All but the bytes that continue a character.
size_t width_of(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  }));
}

std::string in_columns(std::vector<std::vector<std::string>> rows) {
  for (std::vector<std::string>& row : rows) {
    for (std::string& cell : row) cell = shown(cell);
  }
  std::vector<size_t> widths;
  for (const std::vector<std::string>& row : rows) {
    if (row.size() < rows[0].size()) continue;
    widths.resize(row.size());
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  // The first column is everyone's.
  for (const std::vector<std::string>& row : rows)
    widths[0] = std::max(widths[0], width_of(row[0]));
  std::string text;
  for (const std::vector<std::string>& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 == row.size()) break;
      const size_t width = width_of(row[i]);
      text.append(widths[i] - std::min(widths[i], width) + 2, ' ');
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

}  // namespace catdog
