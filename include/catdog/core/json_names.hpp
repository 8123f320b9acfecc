// SPDX-License-Identifier: Apache-2.0
// Names of files and classes in JSON. A name is any string of bytes and JSON is UTF-8, so one rule
// holds for all output: json["file"] is the name, in which invalid UTF-8 becomes U+FFFD; only if
// there is any, json["file_hex"] has the name's exact bytes in hexadecimal.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "catdog/core/options.hpp"

namespace catdog {

// `name` with U+FFFD in the place of invalid UTF-8.
std::string valid_utf8(std::string_view name);

// Sets json[key] and, where the name is not valid UTF-8, json[key + "_hex"].
void set_name(Json& json, const std::string& key, const std::filesystem::path& name);

// The same for a list; json[key + "_hex"] has all names if one of them is not valid UTF-8.
void set_names(Json& json, const std::string& key, const std::vector<std::string>& names);

// The exact name that set_name wrote. Throws Json::exception where there is none.
std::string get_name(const Json& json, const std::string& key);

// JSON for output, on one line unless `indent` is given. Invalid UTF-8 in other texts becomes
// U+FFFD, so that this never throws. Characters that is_displayed() denies stand as \uXXXX: read
// back, the text is exact, and a terminal that shows the JSON is safe from it.
std::string json_text(const Json& json, int indent = -1);

}  // namespace catdog
