// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/json_names.hpp"

#include <spdlog/fmt/fmt.h>

#include <charconv>

#include "catdog/core/display_text.hpp"

namespace catdog {
namespace {

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

// One character as JSON escapes it; beyond 16 bits as a pair.
std::string utf16_escapes(uint32_t code) {
  if (code <= 0xFFFF) return fmt::format("\\u{:04x}", code);
  code -= 0x10000;
  return fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + (code >> 10), 0xDC00 + (code & 0x3FF));
}

}  // namespace

std::string valid_utf8(std::string_view name) {
  return Json::parse(json_text(Json(name))).get<std::string>();
}

void set_name(Json& json, const std::string& key, const std::filesystem::path& name) {
  const std::string text = valid_utf8(name.native());
  json[key] = text;
  if (text != name.native()) json[key + "_hex"] = hexadecimal(name.native());
}

void set_names(Json& json, const std::string& key, const std::vector<std::string>& names) {
  Json texts = Json::array(), bytes = Json::array();
  bool are_exact = true;
  for (const std::string& name : names) {
    const std::string text = valid_utf8(name);
    are_exact = are_exact && text == name;
    texts.push_back(text);
    bytes.push_back(hexadecimal(name));
  }
  json[key] = std::move(texts);
  if (!are_exact) json[key + "_hex"] = std::move(bytes);
}

std::string get_name(const Json& json, const std::string& key) {
  if (!json.contains(key + "_hex")) return json.at(key).get<std::string>();
  const auto digits = json.at(key + "_hex").get<std::string>();
  std::string name;
  for (size_t i = 0; i + 1 < digits.size(); i += 2) {
    unsigned char byte = 0;
    std::from_chars(&digits[i], &digits[i] + 2, byte, 16);
    name += static_cast<char>(byte);
  }
  return name;
}

std::string json_text(const Json& json, int indent) {
  const std::string text =
      json.dump(indent, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
  std::string safe;
  for (std::string_view rest = text; !rest.empty();) {
    const auto [length, code] = first_character(rest);
    if (is_displayed(code) || code == '\n') {
      safe += rest.substr(0, length);
    } else {
      safe += utf16_escapes(code);
    }
    rest.remove_prefix(length);
  }
  return safe;
}

}  // namespace catdog
