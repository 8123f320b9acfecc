// SPDX-License-Identifier: Apache-2.0
#include "html.hpp"

#include <spdlog/fmt/fmt.h>

#include <cstdint>

#include "catdog/core/display_text.hpp"

namespace catdog {

std::string html_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : shown_lines(text)) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&#39;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      group = group << 8 | (i + k < bytes.size() ? static_cast<uint8_t>(bytes[i + k]) : 0);
    }
    for (size_t k = 0; k < 4; ++k) {
      text += i + k <= bytes.size() ? kDigits[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

std::string jpeg_address(std::string_view jpeg) { return "data:image/jpeg;base64," + base64(jpeg); }

std::string percent(double share) { return fmt::format("{:.2f}\u00a0%", 100 * share); }

std::string table_html(const Table& table) {
  std::string html = fmt::format(
      "<div class=\"wide\" role=\"region\" aria-label=\"{0}\" tabindex=\"0\"><table{1}>"
      "<caption>{0}</caption>\n<thead><tr>",
      table.caption, table.is_matrix ? " class=\"matrix\"" : "");
  for (const std::string& column : table.columns) {
    html += "<th scope=\"col\">" + column + "</th>";
  }
  html += "</tr></thead>\n<tbody>\n";
  for (const std::vector<std::string>& row : table.rows) {
    html += "<tr><th scope=\"row\">" + row.front() + "</th>";
    for (size_t i = 1; i < row.size(); ++i) html += "<td>" + row[i] + "</td>";
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

}  // namespace catdog
