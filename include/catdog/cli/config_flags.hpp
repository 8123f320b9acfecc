// SPDX-License-Identifier: Apache-2.0
// The one way from the command line to a Config: defaults, then --config, then the flags.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

#include "catdog/train/config.hpp"

namespace catdog {

struct ConfigFlags {
  std::string config;             // a path, or the name of a config that ships with the program
  std::vector<Setting> settings;  // from the flags
};

// Names of the configs that ship with the program.
std::vector<std::string> shipped_config_names();

// Every key of the config, section.key, with the values that it can have where those can be listed.
std::vector<std::pair<std::string, std::vector<std::string>>> setting_keys();

// Adds --config and --set.
void add_config_flags(CLI::App& command, ConfigFlags& flags);

// Checks that a value is one of `choices`; what it says otherwise names the nearest.
CLI::Validator one_of(const std::vector<std::string>& choices);

// Adds a flag that sets one key of the config; what --help shows of its value follows from the key.
CLI::Option* add_setting_flag(CLI::App& command, ConfigFlags& flags, const std::string& flag,
                              const std::string& key, const std::string& help);

// Adds --decode-mb, which the message about an image that takes too much memory names: as the key
// data.decode_mb, or, for a command that has no config, into `limits`.
void add_decode_flag(CLI::App& command, ConfigFlags& flags);
void add_decode_flag(CLI::App& command, DecodeLimits& limits);

// Throws ConfigError listing all faults of the file, or of the flags.
Config load_config(const ConfigFlags& flags);

}  // namespace catdog
