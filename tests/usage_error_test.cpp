// SPDX-License-Identifier: Apache-2.0
#include "catdog/cli/usage_error.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "catdog/cli/commands.hpp"

namespace catdog {
namespace {

using Words = std::vector<std::string>;

// What the program says of a command line; "" where it takes it. Commands that it takes would run:
// each line here must hold a fault.
std::string answer(Words words) {
  CLI::App app("", "catdog");
  setup_program(app);
  std::reverse(words.begin(), words.end());  // as CLI11 wants them
  try {
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    return usage_error(app, error);
  }
  return "";
}

// Each with a letter less, or with two neighbours exchanged; the dashes stay.
Words slips_of(const std::string& name) {
  const size_t begin = name.find_first_not_of('-');
  Words slips;
  for (size_t i = begin; i < name.size(); ++i) {
    if (name.size() - begin > 1) slips.push_back(name.substr(0, i) + name.substr(i + 1));
    if (i + 1 == name.size() || name[i] == name[i + 1]) continue;
    slips.push_back(name);
    std::swap(slips.back()[i], slips.back()[i + 1]);
  }
  return slips;
}

std::set<std::string> flags_of(const CLI::App& command) {
  std::set<std::string> flags;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.insert("--" + name);
  }
  for (const CLI::App* group : command.get_subcommands([](const CLI::App* app) {
         return app->get_name().empty();
       })) {
    flags.merge(flags_of(*group));
  }
  return flags;
}

bool is_one_line_naming(const std::string& text, const std::string& slip, const std::string& name) {
  const size_t question = text.find("; did you mean ");
  return text.find('\n') == text.npos && question != text.npos &&
         text.substr(0, question).ends_with(" " + slip) &&
         (" " + text.substr(question + 2)).find(" " + name) != text.npos;
}

TEST(UsageError, EachFlagOfEachCommandIsKnownByItsSlips) {
  CLI::App app("", "catdog");
  setup_program(app);
  int checked = 0;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    const std::set<std::string> flags = flags_of(*command);
    EXPECT_TRUE(flags.contains("--help")) << command->get_name();
    for (const std::string& flag : flags) {
      for (const std::string& slip : slips_of(flag)) {
        if (flags.contains(slip) || slip[2] == '-') continue;
        const std::string text = answer({command->get_name(), slip});
        EXPECT_TRUE(is_one_line_naming(text, slip, flag))
            << command->get_name() << " " << slip << ": " << text;
        ++checked;
      }
    }
  }
  EXPECT_GT(checked, 1000);
}

TEST(UsageError, EachCommandIsKnownByItsSlips) {
  CLI::App app("", "catdog");
  setup_program(app);
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    const std::string name = command->get_name();
    for (const std::string& slip : slips_of(name)) {
      const std::string text = answer({slip});
      EXPECT_TRUE(is_one_line_naming(text, slip, name)) << text;
    }
  }
}

TEST(UsageError, AnUnknownFlagIsNamedBeforeAMissingOne) {
  EXPECT_EQ(answer({"predict", "--modle", "m.pt", "a.jpg"}),
            "catdog predict has no flag --modle; did you mean --model?");
  EXPECT_EQ(answer({"predict", "a.jpg"}), "--model is required");
  EXPECT_EQ(answer({"train", "--epochs"}).find("did you mean"), std::string::npos);
}

TEST(UsageError, ControlCharactersAreEscaped) {
  EXPECT_EQ(answer({"tr\nain"}), "there is no command tr\\x0aain; did you mean train?");
  EXPECT_EQ(answer({"train", "--epo\nchs"}),
            "catdog train has no flag --epo\\x0achs; did you mean --epochs?");
}

}  // namespace
}  // namespace catdog
