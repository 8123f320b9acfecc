// SPDX-License-Identifier: Apache-2.0
// What a terminal gets: everything that can be seen as it is, and everything else as its bytes.
#include "catdog/core/display_text.hpp"

#include <gtest/gtest.h>

#include <string>

#include "catdog/core/json_names.hpp"

namespace catdog {
namespace {

std::string utf8(uint32_t code) {
  const auto byte = [](uint32_t value) { return static_cast<char>(value); };
  const auto next = [&](int shift) { return byte(0x80 | (code >> shift & 0x3F)); };
  if (code < 0x80) return {byte(code)};
  if (code < 0x800) return {byte(0xC0 | code >> 6), next(0)};
  if (code < 0x10000) return {byte(0xE0 | code >> 12), next(6), next(0)};
  return {byte(0xF0 | code >> 18), next(12), next(6), next(0)};
}

bool is_surrogate(uint32_t code) { return code >= 0xD800 && code <= 0xDFFF; }

TEST(DisplayText, EveryCodePointIsReadAndEitherStaysOrIsAllEscapes) {
  for (uint32_t code = 0; code <= 0x10FFFF; ++code) {
    if (is_surrogate(code)) continue;
    const std::string text = utf8(code);
    const Utf8Character first = first_character(text + "x");
    ASSERT_EQ(first.length, text.size()) << code;
    ASSERT_EQ(first.code, code);
    const std::string after = shown(text);
    if (is_displayed(code)) {
      ASSERT_EQ(after, text) << code;
      continue;
    }
    ASSERT_EQ(after.size(), 4 * text.size()) << code;
    for (const char c : after) ASSERT_TRUE(c >= ' ' && c <= '~') << code;
    ASSERT_EQ(shown(after), after);  // a second time changes nothing
  }
}

TEST(DisplayText, WhatTurnsTextOrHidesIsNotDisplayed) {
  for (const auto& [first, last] : {std::pair(0x00, 0x1F),
                                    {0x7F, 0x9F},
                                    {0x061C, 0x061C},
                                    {0x200B, 0x200F},
                                    {0x2028, 0x202E},
                                    {0x2060, 0x2064},
                                    {0x2066, 0x206F},
                                    {0xFEFF, 0xFEFF},
                                    {0xE0001, 0xE007F}}) {
    for (int code = first; code <= last; ++code) {
      EXPECT_FALSE(is_displayed(static_cast<uint32_t>(code))) << code;
    }
  }
  const std::string seen = "plain/päth 猫\u00a0🐱 עברית";
  EXPECT_EQ(shown(seen), seen);
  EXPECT_EQ(shown("new\nline\x1b[31m\t\r\x7f"), "new\\x0aline\\x1b[31m\\x09\\x0d\\x7f");
  EXPECT_EQ(shown(std::string("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(shown("\u202egpj"), "\\xe2\\x80\\xaegpj");
}

TEST(DisplayText, InvalidUtf8IsShownByteByByte) {
  EXPECT_EQ(shown("bad\xff\xc3"), "bad\\xff\\xc3");
  for (const char* bytes :
       {"\x80", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF0\x80\x80\xAF",
        "\xF4\x90\x80\x80", "\xF8\x88\x80\x80", "\xE2\x80"}) {
    EXPECT_EQ(first_character(bytes).length, 0u);
    EXPECT_EQ(shown(bytes).size(), 4 * std::string(bytes).size()) << shown(bytes);
    EXPECT_FALSE(is_plain_text(bytes));
  }
}

TEST(DisplayText, LinesStayWhereTheyAreAskedFor) {
  EXPECT_EQ(shown_lines("a\nb\r\n\x1b"), "a\nb\\x0d\n\\x1b");
  EXPECT_EQ(shown_lines(""), "");
}

TEST(DisplayText, PlainTextMayHoldWhatIsNotDisplayed) {
  EXPECT_TRUE(is_plain_text(""));
  EXPECT_TRUE(is_plain_text("👩\u200d👧"));  // its joiner has no width
  for (const char* text : {"\n", "a\x1b", "\x7f", "\u0085"}) EXPECT_FALSE(is_plain_text(text));
}

// JSON is for programs: exact once it is read, and safe for who looks at it.
TEST(DisplayText, JsonIsExactAndHoldsNoCharacterThatIsNotDisplayed) {
  for (uint32_t code = 0; code <= 0x10FFFF; code += code < 0x3000 ? 1 : 0x101) {
    if (is_surrogate(code)) continue;
    const std::string text = "a" + utf8(code) + "b";
    const std::string json = json_text(Json(text));
    ASSERT_EQ(Json::parse(json).get<std::string>(), text) << code;
    ASSERT_EQ(shown(json), json) << code;
  }
  EXPECT_EQ(json_text(Json("ä\u202e\U000e0041")), R"("ä\u202e\udb40\udc41")");
}

}  // namespace
}  // namespace catdog
