// SPDX-License-Identifier: Apache-2.0
#include "catdog/cli/config_flags.hpp"

#include <spdlog/fmt/fmt.h>
#include <spdlog/fmt/ranges.h>

#include <algorithm>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/text.hpp"
#include "catdog/shipped_configs.hpp"

namespace catdog {
namespace {

constexpr uint64_t kMaxConfigBytes = 1 << 20;

constexpr const char* kDecodeFlag = "--decode-mb";
constexpr const char* kDecodeHelp = "megabytes of memory that decoding one image may take";

// The text of a config that ships with the program; empty if there is none of that name.
std::string_view shipped_config(const std::string& name) {
  for (const ShippedConfig& config : kShippedConfigs) {
    if (name == config.name || name == std::string(config.name) + ".json") return config.text;
  }
  return {};
}

// The text of a config that was named: a file's, or a shipped one's.
std::string find_config(const std::string& name) {
  if (name.empty()) return "{}";
  std::error_code ignored;
  if (fs::is_regular_file(name, ignored)) {
    try {
      return read_file(name, kMaxConfigBytes);
    } catch (const Error& error) {
      throw ConfigError(error.lines());
    }
  }
  if (const std::string_view text = shipped_config(name); !text.empty()) return std::string(text);
  throw ConfigError(
      fmt::format("--config {}: there is no such file; the configs that ship with catdog are {}",
                  shown(name), join_and(shipped_config_names())) +
      did_you_mean(name, shipped_config_names()));
}

// The values of a choice, or true and false; none where there are too many to list.
std::vector<std::string> choices_of(const Option& option) {
  if (option.write().is_boolean()) return {"true", "false"};
  return option.choices;
}

// As --help shows the value of a key: {fp32,bf16}, INT, FLOAT or TEXT.
std::string type_name(const std::string& key) {
  Config config;
  for (const auto& [section, table] : config.sections()) {
    for (const Option& option : table.options()) {
      if (section + "." + option.key != key) continue;
      const Json value = option.write();
      if (value.is_number()) return value.is_number_integer() ? "INT" : "FLOAT";
      const std::vector<std::string> choices = choices_of(option);
      return choices.empty() ? "TEXT" : fmt::format("{{{}}}", fmt::join(choices, ","));
    }
  }
  return "TEXT";
}

}  // namespace

std::vector<std::string> shipped_config_names() {
  std::vector<std::string> names;
  for (const ShippedConfig& config : kShippedConfigs) names.emplace_back(config.name);
  return names;
}

std::vector<std::pair<std::string, std::vector<std::string>>> setting_keys() {
  std::vector<std::pair<std::string, std::vector<std::string>>> keys;
  Config config;
  for (const auto& [section, table] : config.sections()) {
    for (const Option& option : table.options()) {
      keys.emplace_back(section + "." + option.key, choices_of(option));
    }
  }
  return keys;
}

CLI::Validator one_of(const std::vector<std::string>& choices) {
  const std::string list = fmt::format("{{{}}}", fmt::join(choices, ","));
  const auto check = [choices, list](const std::string& value) {
    if (std::find(choices.begin(), choices.end(), value) != choices.end()) return std::string();
    return fmt::format("{} not in {}", shown(value), list) + did_you_mean(value, choices);
  };
  return CLI::Validator(check, list);
}

CLI::Option* add_setting_flag(CLI::App& command, ConfigFlags& flags, const std::string& flag,
                              const std::string& key, const std::string& help) {
  return command
      .add_option_function<std::string>(
          flag,
          [&flags, flag, key](const std::string& value) {
            flags.settings.push_back({.key = key, .value = value, .flag = flag});
          },
          help)
      ->take_last()
      ->type_name(type_name(key));
}

void add_config_flags(CLI::App& command, ConfigFlags& flags) {
  command
      .add_option("--config", flags.config,
                  "config file, or the name of one that ships with catdog")
      ->type_name("CONFIG");
  command
      .add_option_function<std::vector<std::string>>(
          "--set",
          [&flags](const std::vector<std::string>& assignments) {
            for (const std::string& assignment : assignments) {
              const size_t equals = assignment.find('=');
              if (equals == std::string::npos) {
                throw ConfigError(fmt::format(
                    "--set {}: must be section.key=value, as in model.dropout=0.3", assignment));
              }
              flags.settings.push_back({.key = assignment.substr(0, equals),
                                        .value = assignment.substr(equals + 1),
                                        .flag = "--set"});
            }
          },
          "sets any key of the config: section.key=value")
      ->allow_extra_args(false)
      ->type_name("KEY=VALUE");
}

void add_decode_flag(CLI::App& command, ConfigFlags& flags) {
  add_setting_flag(command, flags, kDecodeFlag, "data.decode_mb", kDecodeHelp);
}

void add_decode_flag(CLI::App& command, DecodeLimits& limits) {
  command.add_option(kDecodeFlag, limits.mb, kDecodeHelp)
      ->check(CLI::Range(DecodeLimits::kLeastMb, DecodeLimits::kMostMb))
      ->capture_default_str();
}

Config load_config(const ConfigFlags& flags) {
  return read_config(find_config(flags.config), shown(flags.config), flags.settings);
}

}  // namespace catdog
