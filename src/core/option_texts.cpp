// SPDX-License-Identifier: Apache-2.0
// All keys of a config with their present values, as JSON and as a table.
#include <spdlog/fmt/fmt.h>

#include "catdog/core/options.hpp"

namespace catdog {

Json write_sections(const Sections& sections) {
  Json object = Json::object();
  for (const auto& [section, table] : sections) {
    Json& values = object[section] = Json::object();
    for (const Option& option : table.options()) values[option.key] = option.write();
  }
  return object;
}

std::string describe_sections(const Sections& sections) {
  std::string table = "| key | default | must be | what it is |\n|---|---|---|---|\n";
  for (const auto& [section, options] : sections) {
    for (const Option& option : options.options()) {
      table += fmt::format("| `{}.{}` | `{}` | {} | {} |\n", section, option.key,
                           option.write().dump(), option.rule, option.help);
    }
  }
  return table;
}

}  // namespace catdog
