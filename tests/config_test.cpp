// SPDX-License-Identifier: Apache-2.0
// The failures of a config by their text, and that what is written reads back equal.
#include "catdog/train/config.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "catdog/core/error.hpp"
#include "catdog/core/text.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

std::string fault(const std::string& json) {
  try {
    read_config(json, "c.json");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

std::string fault_of_setting(const std::string& key, const std::string& value) {
  try {
    read_config("{}", "", {{key, value, "--flag"}});
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Config, DefaultsAreOverlaidByTheFile) {
  const Config config =
      read_config(R"({"train": {"epochs": 3}, "model": {"filters": [8, 16]}})", "");
  EXPECT_EQ(config.train.epochs, 3);
  EXPECT_EQ(config.model.filters, (std::vector<int>{8, 16}));
  EXPECT_EQ(config.train.batch_size, 32);
  EXPECT_EQ(config.optimizer.lr, 1e-4);
}

size_t lines_in(const std::string& text) {
  return static_cast<size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
}

TEST(Config, NamesTenFaultsAndCountsTheOthers) {
  for (const int count : {2, 10, 11, 5000}) {
    std::string keys, sections;
    std::vector<Setting> settings;
    for (int i = 0; i < count; ++i) {
      const std::string number = std::to_string(i);
      keys += (i > 0 ? ",\"key" : "\"key") + number + "\": 1";
      sections += (i > 0 ? ",\"section" : "\"section") + number + "\": {}";
      settings.push_back({"data.key" + number, "1", "--set"});
    }
    const std::string of_settings = test::message_of<ConfigError>(
        [&] { read_config("{}", "", settings); });
    for (const std::string& text :
         {fault("{\"data\": {" + keys + "}}"), fault("{" + sections + "}"), of_settings}) {
      const size_t shown = static_cast<size_t>(std::min(count, 10));
      EXPECT_EQ(lines_in(text), 1 + shown + (count > 10 ? 1 : 0)) << text;
      EXPECT_EQ(text.find(" faults in the config"), with_thousands(count).size()) << text;
      EXPECT_EQ(text.ends_with("\n  and " + with_thousands(count - 10) + " more"), count > 10);
    }
  }
}

TEST(Config, ReadsBackEqualAtFullPrecision) {
  Config config;
  config.optimizer.lr = 0.1 + 0.2;
  config.train.seed = ~0ull;
  config.train.keep = TrainOptions::Keep::last;
  config.data.resize = Resampling::area;
  const std::string json = to_json(config).dump();
  const Config again = read_config(json, "");
  EXPECT_EQ(to_json(again).dump(), json);
  EXPECT_EQ(again.optimizer.lr, config.optimizer.lr);
  EXPECT_EQ(again.train.seed, ~0ull);
  EXPECT_EQ(again.train.keep, TrainOptions::Keep::last);
}

TEST(Config, AnUnknownKeyNamesTheNearest) {
  EXPECT_EQ(fault(R"({"train": {"epoch": 3}})"),
            "c.json: train.epoch: unknown key; the nearest known one is train.epochs");
  EXPECT_EQ(fault(R"({"optimiser": {"lr": 3}})"),
            "c.json: optimiser: unknown section; the nearest known one is optimizer");
}

TEST(Config, AWrongValueNamesKeyValueAndRule) {
  EXPECT_EQ(fault(R"({"train": {"epochs": 0}})"),
            "c.json: train.epochs = 0: must be a whole number from 1 to 1000000");
  EXPECT_EQ(fault(R"({"train": {"epochs": "ten"}})"),
            "c.json: train.epochs = \"ten\": must be a whole number from 1 to 1000000");
  EXPECT_EQ(fault(R"({"train": {"epochs": 2.5}})"),
            "c.json: train.epochs = 2.5: must be a whole number from 1 to 1000000");
  EXPECT_EQ(fault(R"({"model": {"dropout": 1}})"),
            "c.json: model.dropout = 1: must be a number from 0 to 1 (excluded)");
  EXPECT_EQ(fault(R"({"optimizer": {"lr": 0}})"),
            "c.json: optimizer.lr = 0: must be a number from 0 (excluded) to 10");
  EXPECT_EQ(fault(R"({"model": {"filters": [32, 0]}})"),
            "c.json: model.filters = [32,0]: must be a list of whole numbers, each from 1 to 4096");
  EXPECT_EQ(fault(R"({"model": {"filters": []}})"),
            "c.json: model.filters = []: must be a list of whole numbers, each from 1 to 4096");
  EXPECT_EQ(fault(R"({"data": {"resize": "cubic"}})"),
            "c.json: data.resize = \"cubic\": must be one of \"nearest\" \"bilinear\" \"area\"");
  EXPECT_EQ(fault(R"({"data": {"dir": ""}})"),
            "c.json: data.dir = \"\": must be a text that is not empty");
  EXPECT_EQ(fault(R"({"train": {"seed": -1}})"),
            "c.json: train.seed = -1: must be a whole number from 0 to 2^64 - 1");
}

TEST(Config, AllFaultsAreListedAtOnce) {
  EXPECT_EQ(fault(R"({"train": {"epochs": 0, "sede": 1}, "extra": 1, "model": []})"),
            "4 faults in the config\n"
            "  c.json: train.epochs = 0: must be a whole number from 1 to 1000000\n"
            "  c.json: train.sede: unknown key; the nearest known one is train.seed\n"
            "  c.json: extra: unknown section; the nearest known one is data\n"
            "  c.json: model: must be an object, { … }");
  try {
    read_config(R"({"train": {"epochs": 0}})", "c.json", {{"train.seed", "-1", "--seed"}});
    FAIL() << "no error";
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(),
                 "2 faults in the config\n"
                 "  c.json: train.epochs = 0: must be a whole number from 1 to 1000000\n"
                 "  --seed: train.seed = -1: must be a whole number from 0 to 2^64 - 1");
  }
}

TEST(Config, WhatIsNotOneJsonObjectIsRefused) {
  EXPECT_EQ(fault(R"({"train": {"epochs": 3, "epochs": 4}})"),
            "c.json: the key \"epochs\" stands twice");
  EXPECT_EQ(fault("[]"), "c.json: must be one JSON object, { … }");
  EXPECT_EQ(fault("{\"train\": ").substr(0, 41), "c.json: not valid JSON: parse error at li");
}

// Writing such a value calls itself for each bracket: the stack overflowed.
TEST(Config, WhatIsNestedTooDeepIsRefused) {
  const std::string deep = std::string(200000, '[') + std::string(200000, ']');
  std::string json = R"({"train": {"epochs": )";
  json += deep;
  EXPECT_EQ(fault(json += "}}"), "c.json: lists and objects are nested too deep");
  // What stands in a text is no nesting.
  json = R"({"data": {"x": "\"[)";
  json.append(1000, '{');
  EXPECT_EQ(fault(json += R"("}})"),
            "c.json: data.x: unknown key; the nearest known one is data.dir");
  const std::string message = fault_of_setting("train.epochs", deep);
  EXPECT_TRUE(message.starts_with("--flag: train.epochs = \"[[[")) << message.substr(0, 100);
}

TEST(Config, APresetChoosesDefaultsThatTheFileMayOverride) {
  const Config book = read_config(R"({"augment": {"shear_range": 0.2}})", "");
  EXPECT_EQ(book.augment.shear_unit, ShearUnit::radians);
  EXPECT_EQ(book.augment.interpolation, Interpolation::nearest);
  EXPECT_EQ(book.optimizer.eps, 1e-8);

  const std::string json =
      R"({"augment": {"interpolation": "nearest", "preset": "keras-preprocessing-1"}})";
  const Config later = read_config(json, "");
  EXPECT_EQ(later.augment.shear_unit, ShearUnit::degrees);
  EXPECT_EQ(later.augment.interpolation, Interpolation::nearest);  // the file's
  EXPECT_EQ(later.optimizer.eps, 1e-7);
  EXPECT_EQ(to_json(read_config(to_json(later).dump(), "")), to_json(later));

  const Config by_flag =
      read_config("{}", "", {{"augment.preset", "keras-preprocessing-1", "--set"}});
  EXPECT_EQ(by_flag.augment.interpolation, Interpolation::bilinear);
}

TEST(Config, SettingsFollowTheSameRules) {
  const Config config = read_config("{}", "",
                                    {{"train.epochs", "7", "--epochs"},
                                     {"data.dir", "2024", "--data"},
                                     {"model.filters", "[4,5]", "--set"},
                                     {"train.keep", "last", "--set"}});
  EXPECT_EQ(config.train.epochs, 7);
  EXPECT_EQ(config.data.dir, "2024");
  EXPECT_EQ(config.model.filters, (std::vector<int>{4, 5}));
  EXPECT_EQ(config.train.keep, TrainOptions::Keep::last);

  EXPECT_EQ(fault_of_setting("train.epochs", "many"),
            "--flag: train.epochs = \"many\": must be a whole number from 1 to 1000000");
  EXPECT_EQ(fault_of_setting("epochs", "3"),
            "--flag: epochs: unknown key; the nearest known one is train.epochs");
}

}  // namespace
}  // namespace catdog
