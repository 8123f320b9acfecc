// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/class_names.hpp"

#include "catdog/core/display_text.hpp"
#include "catdog/core/name_lists.hpp"

namespace catdog {

std::string class_name_fault(std::string_view name) {
  constexpr size_t kLongest = 255;  // bytes; NAME_MAX of Linux
  if (name.empty() || name.size() > kLongest) return "must have a name of 1 to 255 bytes";
  if (!is_plain_text(name)) return "must have a name in valid UTF-8 without control characters";
  if (name.find('/') != std::string_view::npos) return "must have a name without \"/\"";
  if (name.starts_with('.')) return "must have a name that does not begin with \".\"";
  return "";
}

std::string class_list_fault(const std::vector<std::string>& classes) {
  if (classes.size() < 2) return "has fewer than two classes";
  for (size_t i = 0; i < classes.size(); ++i) {
    const std::string fault = class_name_fault(classes[i]);
    if (!fault.empty()) return "the class " + quoted_name(classes[i].substr(0, 256)) + " " + fault;
    if (i == 0 || classes[i - 1] < classes[i]) continue;
    return "the class " + quoted_name(classes[i]) +
           (classes[i - 1] == classes[i] ? " stands twice" : " is not in sorted order");
  }
  return "";
}

}  // namespace catdog
