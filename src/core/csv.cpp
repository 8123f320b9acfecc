// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/csv.hpp"

#include <algorithm>

#include "catdog/core/error.hpp"

namespace catdog {
namespace {

// Reads the field that begins at `at`, in quotes or not; `at` is then at what ended it.
std::string read_field(std::string_view text, size_t& at, const std::string& name) {
  const size_t begin = at;
  const auto fail = [&] {
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<long>(begin), '\n');
    throw Error(name + ": line " + std::to_string(line) + ": a quote that does not fit");
  };
  std::string field;
  if (text.substr(at, 1) != "\"") {
    at = std::min(text.find_first_of(",\n", begin), text.size());
    field = text.substr(begin, at - begin);
    if (field.find('"') != std::string::npos) fail();
    if (field.ends_with('\r')) field.pop_back();
    return field;
  }
  for (++at;; ++at) {
    if (at == text.size()) fail();
    if (text[at] == '"' && text.substr(++at, 1) != "\"") break;  // "" stands for one quote
    field += text[at];
  }
  if (text.substr(at, 2) == "\r\n") ++at;
  if (at < text.size() && text[at] != ',' && text[at] != '\n') fail();
  return field;
}

}  // namespace

std::string csv_row(const std::vector<std::string>& fields) {
  std::string row;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) row += ',';
    if (fields[i].find_first_of(",\"\r\n") == std::string::npos) {
      row += fields[i];
      continue;
    }
    row += '"';
    for (const char c : fields[i]) row += c == '"' ? std::string("\"\"") : std::string(1, c);
    row += '"';
  }
  return row + '\n';
}

std::vector<std::vector<std::string>> parse_csv(std::string_view text, const std::string& name) {
  std::vector<std::vector<std::string>> rows;
  for (size_t at = 0; at < text.size(); ++at) {
    std::vector<std::string>& row = rows.emplace_back();
    row.push_back(read_field(text, at, name));
    while (at < text.size() && text[at] == ',') row.push_back(read_field(text, ++at, name));
  }
  return rows;
}

}  // namespace catdog
