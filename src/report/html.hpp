// SPDX-License-Identifier: Apache-2.0
// Text and bytes as they stand in a page.
#pragma once

#include <string>
#include <string_view>

namespace catdog {

// For text and for attributes in double quotes.
std::string html_escaped(std::string_view text);

// RFC 4648, padded.
std::string base64(std::string_view bytes);

}  // namespace catdog
