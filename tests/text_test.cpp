// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/text.hpp"

#include <gtest/gtest.h>

namespace catdog {
namespace {

TEST(Text, GroupsThousands) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1000), "1,000");
  EXPECT_EQ(with_thousands(3453121), "3,453,121");
  EXPECT_EQ(with_thousands(-123456), "-123,456");
}

TEST(Text, JoinsAsAPersonWould) {
  EXPECT_EQ(join_and({}), "");
  EXPECT_EQ(join_and({"cats"}), "cats");
  EXPECT_EQ(join_and({"cats", "dogs"}), "cats and dogs");
  EXPECT_EQ(join_and({"a", "b", "c"}), "a, b and c");
}

TEST(Text, FindsTheNearestWord) {
  EXPECT_EQ(nearest_of("epoch", {"batch_size", "epochs", "eps"}), "epochs");
  EXPECT_EQ(nearest_of("kitten", {"sitting", "mitten"}), "mitten");
  EXPECT_EQ(nearest_of("", {"ab", "a"}), "a");
}

TEST(Text, SuggestsOnlyWhatMayBeMeant) {
  const std::vector<std::string> flags = {"--epochs", "--batch-size", "--seed", "--seeds", "--lr",
                                          "-o"};
  EXPECT_EQ(did_you_mean("--epoch", flags), "; did you mean --epochs?");
  EXPECT_EQ(did_you_mean("--bath-size", flags), "; did you mean --batch-size?");
  EXPECT_EQ(did_you_mean("-epochs", flags), "; did you mean --epochs?");
  EXPECT_EQ(did_you_mean("--Epochs", flags), "; did you mean --epochs?");
  EXPECT_EQ(did_you_mean("--rl", flags), "; did you mean --lr?");  // exchanged: one slip
  EXPECT_EQ(did_you_mean("--batch", flags), "; did you mean --batch-size?");
  EXPECT_EQ(did_you_mean("--sees", flags), "; did you mean --seed or --seeds?");
  for (const char* far : {"", "-", "--", "--x", "-p", "--frobnicate", "--se", "--xy"}) {
    EXPECT_EQ(did_you_mean(far, flags), "") << far;
  }
  EXPECT_EQ(did_you_mean(std::string(1 << 20, 'x'), flags), "");
  EXPECT_EQ(did_you_mean("epochs", {}), "");
  EXPECT_EQ(did_you_mean("evaluate", {"eval", "man"}), "; did you mean eval?");
  EXPECT_EQ(did_you_mean("a", {"abc", "abd", "abe", "abf"}), "");
}

TEST(Text, SaysDurations) {
  EXPECT_EQ(duration(0.25), "0.2 s");
  EXPECT_EQ(duration(59.4), "59 s");
  EXPECT_EQ(duration(75), "1 min 15 s");
  EXPECT_EQ(duration(3725), "1 h 2 min");
}

TEST(SecondsOf, ReadsATimeWithItsUnit) {
  EXPECT_EQ(seconds_of("90s"), 90);
  EXPECT_EQ(seconds_of("5min"), 300);
  EXPECT_EQ(seconds_of("1.5h"), 5400);
  for (const char* text : {"", "5", "min", "0s", "-1s", "5 min", "5m", "infs", "nans", "5mins"}) {
    EXPECT_FALSE(seconds_of(text).has_value()) << text;
  }
}

TEST(ShellWord, IsQuotedWhereAShellWouldTakeItApart) {
  for (const char* plain : {"runs/a-b_2.1", "/tmp/päth", "C:x,y@z%=+"}) {
    EXPECT_EQ(shell_word(plain), plain);
  }
  EXPECT_EQ(shell_word("-n"), "./-n");
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("a b"), "'a b'");
  EXPECT_EQ(shell_word("it's $(x)"), "'it'\\''s $(x)'");
  for (const char* text : {"*", "~", "a;b", "a&b", "\"", "\\", "#", "!", "<", "{a,b}", "[a]"}) {
    EXPECT_EQ(shell_word(text), "'" + std::string(text) + "'");
  }
}

}  // namespace
}  // namespace catdog
