// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/display_text.hpp"

#include <algorithm>
#include <iterator>

namespace catdog {
namespace {

struct CodeRange {
  uint32_t first, last;
};

// Of the Unicode categories Cf, Zl and Zp, and of the letters that are drawn as nothing, those that
// are invisible. The marks of numbers and verses in Arabic and Syriac are of Cf but can be seen.
constexpr CodeRange kInvisible[] = {
    {0x00AD, 0x00AD},    // soft hyphen
    {0x061C, 0x061C},    // Arabic letter mark
    {0x115F, 0x1160},    // fillers of Hangul
    {0x180E, 0x180E},    // Mongolian vowel separator
    {0x200B, 0x200F},    // zero width; left-to-right and right-to-left mark
    {0x2028, 0x202E},    // separators of lines; embeddings and overrides of direction
    {0x2060, 0x206F},    // word joiner, invisible operators, isolates of direction
    {0x3164, 0x3164},    // filler of Hangul
    {0xFEFF, 0xFEFF},    // byte order mark
    {0xFFA0, 0xFFA0},    // filler of Hangul
    {0xFFF9, 0xFFFB},    // interlinear annotations
    {0x1BCA0, 0x1BCA3},  // controls of shorthand
    {0x1D173, 0x1D17A},  // controls of music
    {0xE0000, 0xE0FFF},  // tags
};

std::string with_escapes(std::string_view text, bool keeps_line_ends) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string result;
  while (!text.empty()) {
    const auto [length, code] = first_character(text);
    const bool stays = length > 0 && (is_displayed(code) || (keeps_line_ends && code == '\n'));
    const std::string_view character = text.substr(0, std::max<size_t>(length, 1));
    if (stays) {
      result += character;
    } else {
      for (const char c : character) {
        const auto byte = static_cast<unsigned char>(c);
        result += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
      }
    }
    text.remove_prefix(character.size());
  }
  return result;
}

}  // namespace

Utf8Character first_character(std::string_view text) {
  constexpr Utf8Character kInvalid = {0, 0};
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return {1, byte(0)};
  const size_t length = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : byte(0) >= 0xC2 ? 2 : 0;
  if (length == 0 || byte(0) > 0xF4 || text.size() < length) return kInvalid;
  uint32_t code = byte(0) & (0x7Fu >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return kInvalid;
    code = code << 6 | (byte(i) & 0x3Fu);
  }
  // A longer form of a shorter character, half of a pair of UTF-16, something beyond Unicode.
  const bool is_other = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000) ||
                        (code >= 0xD800 && code <= 0xDFFF) || code > 0x10FFFF;
  if (is_other) return kInvalid;
  return {length, code};
}

bool is_control(uint32_t code) { return code < 0x20 || (code >= 0x7F && code < 0xA0); }

bool is_displayed(uint32_t code) {
  return !is_control(code) &&
         std::none_of(std::begin(kInvisible), std::end(kInvisible), [code](const CodeRange& range) {
           return code >= range.first && code <= range.last;
         });
}

bool is_plain_text(std::string_view text) {
  while (!text.empty()) {
    const auto [length, code] = first_character(text);
    if (length == 0 || is_control(code)) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string shown(const std::filesystem::path& path) {
  return with_escapes(path.native(), /*keeps_line_ends=*/false);
}

std::string shown_lines(std::string_view text) {
  return with_escapes(text, /*keeps_line_ends=*/true);
}

}  // namespace catdog
