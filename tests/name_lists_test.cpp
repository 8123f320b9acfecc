// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/name_lists.hpp"

#include <gtest/gtest.h>

#include <set>

namespace catdog {
namespace {

using Names = std::vector<std::string>;

std::string difference(const Names& a, const Names& b) {
  return difference_of({"train", a}, {"validation", b});
}

Names numbered(int count) {
  Names names;
  for (int i = 0; i < count; ++i) names.push_back("class" + std::to_string(1000 + i));
  return names;
}

TEST(QuotedName, ShowsWhatAScreenHides) {
  EXPECT_EQ(quoted_name("cats"), "\"cats\"");
  EXPECT_EQ(quoted_name("dogs "), "\"dogs \"");
  EXPECT_EQ(quoted_name(""), "\"\"");
  EXPECT_EQ(quoted_name("\u00c4pfel"), "\"\u00c4pfel\" (\\u00c4pfel)");
  EXPECT_EQ(quoted_name("A\u0308pfel"), "\"A\u0308pfel\" (A\\u0308pfel)");
  EXPECT_EQ(quoted_name("\U0001f431"), "\"\U0001f431\" (\\U0001f431)");
  EXPECT_EQ(quoted_name("a\"b\\c"), "\"a\\\"b\\\\c\"");
  EXPECT_EQ(quoted_name("a\nb\xff"), "\"a\\x0ab\\xff\"");
}

TEST(QuotedName, NamesThatAreNotTheSameAreNotShownTheSame) {
  // Composed and decomposed, Latin and Cyrillic, blanks of several kinds, no width at all, escapes.
  const Names names = {"\u00c4pfel", "A\u0308pfel", "cat",      "c\u0430t", "dogs",
                       "dogs ",      "dogs\u00a0",  " dogs",    "dogs\t",   "dogs\u200b",
                       "dogs\u3000", "dogs\\x09",   "a\\\"b",   "a\"b",     "dogs\xff",
                       "dogs\\xff",  "d\u00f6gs",   "do\u0308gs"};
  std::set<std::string> ascii;
  for (const std::string& name : names) {
    std::string text = quoted_name(name);
    std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    ascii.insert(text);
  }
  EXPECT_EQ(ascii.size(), names.size());
}

TEST(DifferenceOf, NamesWhatOneSideAloneHas) {
  EXPECT_EQ(difference({}, {}), "");
  EXPECT_EQ(difference({"cats", "dogs"}, {"cats", "dogs"}), "");
  EXPECT_EQ(difference({"cats", "dogs "}, {"cats", "dogs"}),
            "only train has \"dogs \"; only validation has \"dogs\"");
  EXPECT_EQ(difference({"cats", "dogs"}, {"cats"}), "only train has \"dogs\"");
  EXPECT_EQ(difference({}, {"b", "a"}), "only validation has \"a\" and \"b\"");
}

TEST(DifferenceOf, IsShortForLongLists) {
  Names most = numbered(300);
  most.erase(most.begin() + 7);
  EXPECT_EQ(difference(numbered(300), most), "only train has \"class1007\"");
  const std::string text = difference(numbered(5000), {});
  EXPECT_NE(text.find("\"class1009\" and 4,990 more"), text.npos);
  EXPECT_LT(text.size(), 200U);
  EXPECT_NE(difference({}, numbered(11)).find("\"class1009\" and 1 more"), std::string::npos);
  EXPECT_EQ(difference({}, numbered(10)).find("more"), std::string::npos);
}

TEST(DifferenceOf, SaysThatOnlyTheOrderOrTheNumberDiffers) {
  EXPECT_EQ(difference({"a", "b", "c"}, {"a", "c", "b"}),
            "the names are the same in another order: number 2 is \"b\" in train, \"c\" in "
            "validation");
  EXPECT_EQ(difference({"a", "a", "b"}, {"a", "b"}), "train has \"a\" 2 times, validation once");
  EXPECT_EQ(difference({"a", "b"}, {"a", "b", "b", "c"}),
            "only validation has \"c\"; train has \"b\" once, validation 2 times");
  Names twice = numbered(30);
  for (const std::string& name : numbered(30)) twice.push_back(name);
  EXPECT_NE(difference(twice, numbered(30)).find("; and so on for 20 more"), std::string::npos);
}

}  // namespace
}  // namespace catdog
