// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/csv.hpp"

#include <gtest/gtest.h>

#include "catdog/core/error.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// The examples of RFC 4180, section 2.
TEST(Csv, ReadsWhatTheStandardGives) {
  EXPECT_EQ(parse_csv("aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n", "x"),
            (Rows{{"aaa", "bbb", "ccc"}, {"zzz", "yyy", "xxx"}}));
  EXPECT_EQ(parse_csv("aaa,bbb,ccc\nzzz,yyy,xxx", "x"),
            (Rows{{"aaa", "bbb", "ccc"}, {"zzz", "yyy", "xxx"}}));
  EXPECT_EQ(parse_csv("\"aaa\",\"b\r\nbb\",\"ccc\"\r\nzzz,yyy,xxx", "x"),
            (Rows{{"aaa", "b\r\nbb", "ccc"}, {"zzz", "yyy", "xxx"}}));
  EXPECT_EQ(parse_csv("\"aaa\",\"b\"\"bb\",\"ccc\"", "x"), (Rows{{"aaa", "b\"bb", "ccc"}}));
}

TEST(Csv, KeepsEmptyFields) {
  EXPECT_EQ(parse_csv("", "x"), Rows{});
  EXPECT_EQ(parse_csv("a,,\n,\"\",b\n", "x"), (Rows{{"a", "", ""}, {"", "", "b"}}));
}

TEST(Csv, WhatIsWrittenReadsBackEqual) {
  const Rows rows = {{"plain", "with, comma", "with \"quotes\""}, {"two\nlines", "", "\"", "\r"}};
  EXPECT_EQ(parse_csv(csv_row(rows[0]) + csv_row(rows[1]), "x"), rows);
  EXPECT_EQ(csv_row({"a", "b c"}), "a,b c\n");
}

// docs/predict.md: a field that a spreadsheet would take for a formula is exact all the same.
TEST(Csv, ChangesNoFieldForTheSakeOfSpreadsheets) {
  const Rows rows = {{"=1+1.jpg", "+a", "-b", "@c", "\tx"}};
  EXPECT_EQ(csv_row(rows[0]), "=1+1.jpg,+a,-b,@c,\tx\n");
  EXPECT_EQ(parse_csv(csv_row(rows[0]), "x"), rows);
}

TEST(Csv, NamesTheLineWhoseQuotesDoNotFit) {
  for (const char* bad : {"a\nb,\"c", "a\nb,\"c\"d\n", "a\nb\"c\n"}) {
    EXPECT_EQ(test::message_of<Error>([&] { parse_csv(bad, "x.csv"); }),
              "x.csv: line 2: a quote that does not fit")
        << bad;
  }
}

}  // namespace
}  // namespace catdog
