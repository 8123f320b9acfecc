// SPDX-License-Identifier: Apache-2.0
#include "catdog/cli/config_flags.hpp"

#include <spdlog/fmt/fmt.h>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/text.hpp"
#include "catdog/shipped_configs.hpp"

namespace catdog {
namespace {

constexpr uint64_t kMaxConfigBytes = 1 << 20;

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
      throw ConfigError(error.what());
    }
  }
  if (const std::string_view text = shipped_config(name); !text.empty()) return std::string(text);
  std::vector<std::string> names;
  for (const ShippedConfig& config : kShippedConfigs) names.emplace_back(config.name);
  throw ConfigError(
      fmt::format("--config {}: there is no such file; the configs that ship with catdog are {}",
                  name, join_and(names)));
}

}  // namespace

void add_setting_flag(CLI::App& command, ConfigFlags& flags, const std::string& flag,
                      const std::string& key, const std::string& help) {
  command
      .add_option_function<std::string>(
          flag,
          [&flags, flag, key](const std::string& value) {
            flags.settings.push_back({.key = key, .value = value, .flag = flag});
          },
          help)
      ->take_last();
}

void add_config_flags(CLI::App& command, ConfigFlags& flags) {
  command.add_option("--config", flags.config,
                     "config file, or the name of one that ships with catdog");
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
      ->allow_extra_args(false);
}

Config load_config(const ConfigFlags& flags) {
  return read_config(find_config(flags.config), shown(flags.config), flags.settings);
}

}  // namespace catdog
