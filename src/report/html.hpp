// SPDX-License-Identifier: Apache-2.0
// Text, bytes and tables as they stand in a page.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace catdog {

// For text and for attributes in quotes of either kind.
std::string html_escaped(std::string_view text);

// RFC 4648, padded.
std::string base64(std::string_view bytes);

// The address of a JPEG that stands in the page itself.
std::string jpeg_address(std::string_view jpeg);

// .725 → "72.50 %", with a space at which no line breaks.
std::string percent(double share);

// What stands in it is HTML already. The first cell of each row is its heading.
struct Table {
  std::string caption;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
  bool is_matrix = false;  // then the rows' headings stay in sight where it is scrolled
};

// Scrolls by itself where it is wider than the page.
std::string table_html(const Table& table);

}  // namespace catdog
