// SPDX-License-Identifier: Apache-2.0
// Options from JSON, strictly: an OptionTable binds the keys of one config section to the fields
// of a struct, with the rule for each. Reading reports every fault at once and names the nearest
// key that exists; writing gives JSON that reads back equal.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace catdog {

using Json = nlohmann::ordered_json;

// Allowed numbers: low ≤ x ≤ high, or without an end where it is open.
struct Range {
  double low;
  double high;
  bool low_open = false;
  bool high_open = false;

  bool contains(double x) const {
    return (low_open ? x > low : x >= low) && (high_open ? x < high : x <= high);
  }
};

// "from 0 to 1 (excluded)".
std::string text_of(const Range& range);

// One key of a section.
struct Option {
  std::string key;
  std::string rule;                       // "must be …"
  std::string help;                       // one line
  std::function<bool(const Json&)> read;  // false, and nothing changed, if the rule is broken
  std::function<Json()> write;            // the present value
  std::vector<std::string> choices = {};  // the values of a choice
};

class OptionTable {
 public:
  void number(const char* key, int& field, Range range, const char* help);
  void number(const char* key, uint64_t& field, const char* help);
  void number(const char* key, double& field, Range range, const char* help);
  void numbers(const char* key, std::vector<int>& field, Range range, const char* help);
  void flag(const char* key, bool& field, const char* help);
  void text(const char* key, std::string& field, const char* help);
  // [low, high], low <= high, both in `range`.
  void pair(const char* key, std::array<double, 2>& field, Range range, const char* help);
  // A number z from 0 to below 1, which means [1 - z, 1 + z]; or such a pair, both above 0.
  void pair_about_one(const char* key, std::array<double, 2>& field, const char* help);

  // `field` is an enumeration; `names` lists its values.
  template <class Enum>
  void choice(const char* key, Enum& field,
              std::initializer_list<std::pair<const char*, Enum>> names, const char* help) {
    std::vector<std::pair<std::string, int>> pairs;
    for (const auto& [name, value] : names) pairs.emplace_back(name, static_cast<int>(value));
    add_choice(
        key, std::move(pairs), help, [&field] { return static_cast<int>(field); },
        [&field](int value) { field = static_cast<Enum>(value); });
  }

  const std::vector<Option>& options() const { return options_; }

 private:
  void add_choice(const char* key, std::vector<std::pair<std::string, int>> names, const char* help,
                  std::function<int()> get, std::function<void(int)> set);

  std::vector<Option> options_;
};

// A config as the list of its sections, each bound to fields of one object.
using Sections = std::vector<std::pair<std::string, OptionTable>>;

// One value from the command line: key "section.name", and the flag it came from.
struct Setting {
  std::string key;
  std::string value;  // JSON, or else taken as text
  std::string flag;   // for messages
};

// Whether lists and objects stand more than 64 deep in each other. What writes JSON calls itself for
// each: some hundred thousand would overflow the stack.
bool nests_too_deep(std::string_view json);

// Parses one JSON object; a syntax error or a key that stands twice throws ConfigError naming
// `source`.
Json parse_json(std::string_view text, const std::string& source);

// What is wrong with a config, a line each: key, value, rule, and where it stands. From the
// eleventh on, which no message shows, a line may be the key alone.
using Faults = std::vector<std::string>;

// Sets the fields that `object` names, and returns the faults of the others.
Faults read_sections(const Sections& sections, const Json& object, const std::string& source);

// The same for values from the command line.
Faults apply_settings(const Sections& sections, const std::vector<Setting>& settings);

// Throws a ConfigError that lists the faults, if there are any: ten of them and the number of the
// others.
void throw_if_any(const Faults& faults);

Json write_sections(const Sections& sections);

// Every key with its present value, its rule and what it is for, as a Markdown table.
std::string describe_sections(const Sections& sections);

}  // namespace catdog
