// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/options.hpp"

#include <spdlog/fmt/fmt.h>
#include <spdlog/fmt/ranges.h>

#include <algorithm>
#include <set>

#include "catdog/core/error.hpp"
#include "catdog/core/json_names.hpp"
#include "catdog/core/text.hpp"

namespace catdog {
namespace {

bool is_integer_in(const Json& value, const Range& range) {
  return value.is_number_integer() && range.contains(value.get<double>());
}

bool read_pair(const Json& value, const Range& range, std::array<double, 2>& field) {
  if (!value.is_array() || value.size() != 2) return false;
  for (const Json& item : value) {
    if (!item.is_number() || !range.contains(item.get<double>())) return false;
  }
  const auto pair = value.get<std::array<double, 2>>();
  if (pair[0] > pair[1]) return false;
  field = pair;
  return true;
}

const Option* find(const OptionTable& table, const std::string& key) {
  for (const Option& option : table.options()) {
    if (option.key == key) return &option;
  }
  return nullptr;
}

const OptionTable* find(const Sections& sections, const std::string& name) {
  for (const auto& [section, table] : sections) {
    if (section == name) return &table;
  }
  return nullptr;
}

// How many faults a message names; the nearest name is looked up for no more.
constexpr ptrdiff_t kNamedFaults = 10;

bool is_named(const Faults& before) { return std::ssize(before) < kNamedFaults; }

std::string unknown_key(const Sections& sections, const std::string& key) {
  std::vector<std::string> known;
  for (const auto& [section, table] : sections) {
    for (const Option& option : table.options()) known.push_back(section + "." + option.key);
  }
  return fmt::format("{}: unknown key; the nearest known one is {}", key, nearest_of(key, known));
}

// Sets one option; the fault as a line, or "" if there is none.
std::string read_option(const Sections& sections, const std::string& section,
                        const std::string& key, const Json& value, const Faults& before) {
  const OptionTable* table = find(sections, section);
  const Option* option = table != nullptr ? find(*table, key) : nullptr;
  const std::string name = section + "." + key;
  if (option != nullptr && option->read(value)) return "";
  if (!is_named(before)) return name;
  if (option == nullptr) return unknown_key(sections, name);
  return fmt::format("{} = {}: must be {}", name, json_text(value), option->rule) +
         (value.is_string() ? did_you_mean(value.get<std::string>(), option->choices) : "");
}

}  // namespace

std::string text_of(const Range& range) {
  return fmt::format("from {}{} to {}{}", range.low, range.low_open ? " (excluded)" : "",
                     range.high, range.high_open ? " (excluded)" : "");
}

void OptionTable::number(const char* key, int& field, Range range, const char* help) {
  options_.push_back({key, "a whole number " + text_of(range), help,
                      [&field, range](const Json& value) {
                        if (!is_integer_in(value, range)) return false;
                        field = value.get<int>();
                        return true;
                      },
                      [&field] { return Json(field); }});
}

void OptionTable::number(const char* key, uint64_t& field, const char* help) {
  options_.push_back({key, "a whole number from 0 to 2^64 - 1", help,
                      [&field](const Json& value) {
                        if (!value.is_number_unsigned()) return false;
                        field = value.get<uint64_t>();
                        return true;
                      },
                      [&field] { return Json(field); }});
}

void OptionTable::number(const char* key, double& field, Range range, const char* help) {
  options_.push_back({key, "a number " + text_of(range), help,
                      [&field, range](const Json& value) {
                        if (!value.is_number() || !range.contains(value.get<double>()))
                          return false;
                        field = value.get<double>();
                        return true;
                      },
                      [&field] { return Json(field); }});
}

void OptionTable::numbers(const char* key, std::vector<int>& field, Range range, const char* help) {
  options_.push_back({key, "a list of whole numbers, each " + text_of(range), help,
                      [&field, range](const Json& value) {
                        if (!value.is_array() || value.empty()) return false;
                        for (const Json& item : value) {
                          if (!is_integer_in(item, range)) return false;
                        }
                        field = value.get<std::vector<int>>();
                        return true;
                      },
                      [&field] { return Json(field); }});
}

void OptionTable::text(const char* key, std::string& field, const char* help) {
  options_.push_back({key, "a text that is not empty", help,
                      [&field](const Json& value) {
                        if (!value.is_string() || value == "") return false;
                        field = value.get<std::string>();
                        return true;
                      },
                      [&field] { return Json(field); }});
}

void OptionTable::flag(const char* key, bool& field, const char* help) {
  options_.push_back({key, "true or false", help,
                      [&field](const Json& value) {
                        if (!value.is_boolean()) return false;
                        field = value.get<bool>();
                        return true;
                      },
                      [&field] { return Json(field); }});
}

void OptionTable::pair(const char* key, std::array<double, 2>& field, Range range,
                       const char* help) {
  options_.push_back(
      {key, "a pair [low, high] of numbers " + text_of(range) + ", low not above high", help,
       [&field, range](const Json& value) { return read_pair(value, range, field); },
       [&field] { return Json(field); }});
}

void OptionTable::pair_about_one(const char* key, std::array<double, 2>& field, const char* help) {
  const Range spread = {0, 1, false, /*high_open=*/true}, factor = {0, 100, /*low_open=*/true};
  options_.push_back({key,
                      "a number " + text_of(spread) + ", or a pair [low, high] of numbers " +
                          text_of(factor) + ", low not above high",
                      help,
                      [&field, spread, factor](const Json& value) {
                        if (!value.is_number()) return read_pair(value, factor, field);
                        const double z = value.get<double>();
                        if (!spread.contains(z)) return false;
                        field = {1 - z, 1 + z};
                        return true;
                      },
                      [&field] { return Json(field); }});
}

void OptionTable::add_choice(const char* key, std::vector<std::pair<std::string, int>> names,
                             const char* help, std::function<int()> get,
                             std::function<void(int)> set) {
  std::vector<std::string> choices;
  for (const auto& [name, value] : names) choices.push_back(name);
  const std::string rule =
      fmt::format("{}\"{}\"", names.size() > 1 ? "one of " : "", fmt::join(choices, "\" \""));
  options_.push_back({key, rule, help,
                      [names, set](const Json& given) {
                        for (const auto& [name, value] : names) {
                          if (given != name) continue;
                          set(value);
                          return true;
                        }
                        return false;
                      },
                      [names, get] {
                        for (const auto& [name, value] : names) {
                          if (value == get()) return Json(name);
                        }
                        return Json();
                      },
                      std::move(choices)});
}

bool nests_too_deep(std::string_view json) {
  constexpr int kDeepest = 64;
  int depth = 0;
  bool in_text = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_text && c == '\\') {
      ++i;
    } else if (c == '"') {
      in_text = !in_text;
    } else if (!in_text && (c == '[' || c == '{')) {
      if (++depth > kDeepest) return true;
    } else if (!in_text && (c == ']' || c == '}')) {
      --depth;
    }
  }
  return false;
}

Json parse_json(std::string_view text, const std::string& source) {
  if (nests_too_deep(text)) throw ConfigError(source + ": lists and objects are nested too deep");
  std::vector<std::set<std::string>> open_objects;
  std::string twice;
  const auto watch = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) open_objects.emplace_back();
    if (event == Json::parse_event_t::object_end) open_objects.pop_back();
    if (event == Json::parse_event_t::key) {
      const auto key = parsed.get<std::string>();
      if (!open_objects.back().insert(key).second && twice.empty()) twice = key;
    }
    return true;
  };
  Json object;
  try {
    object = Json::parse(text, watch);
  } catch (const Json::exception& error) {
    std::string what = error.what();
    const size_t start = what.find("] ");  // "[json.exception.parse_error.101] parse error at …"
    if (start != std::string::npos) what.erase(0, start + 2);
    throw ConfigError(source + ": not valid JSON: " + what);
  }
  if (!twice.empty()) throw ConfigError(source + ": the key \"" + twice + "\" stands twice");
  if (!object.is_object()) throw ConfigError(source + ": must be one JSON object, { … }");
  return object;
}

Faults read_sections(const Sections& sections, const Json& object, const std::string& source) {
  Faults faults;
  for (const auto& [section, values] : object.items()) {
    if (find(sections, section) == nullptr && !is_named(faults)) {
      faults.push_back(section);
    } else if (find(sections, section) == nullptr) {
      std::vector<std::string> known;
      for (const auto& [name, table] : sections) known.push_back(name);
      faults.push_back(fmt::format("{}: unknown section; the nearest known one is {}", section,
                                   nearest_of(section, known)));
    } else if (!values.is_object()) {
      faults.push_back(section + ": must be an object, { … }");
    } else {
      for (const auto& [key, value] : values.items()) {
        const std::string fault = read_option(sections, section, key, value, faults);
        if (!fault.empty()) faults.push_back(fault);
      }
    }
  }
  for (std::string& fault : faults) fault = source + ": " + fault;
  return faults;
}

Faults apply_settings(const Sections& sections, const std::vector<Setting>& settings) {
  Faults faults;
  for (const auto& [key, text, flag] : settings) {
    Json value =
        nests_too_deep(text) ? Json(text) : Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (value.is_discarded()) value = text;
    const size_t dot = key.find('.');
    const std::string section = key.substr(0, dot), name = key.substr(dot + 1);
    std::string fault = dot == std::string::npos
                            ? unknown_key(sections, key)
                            : read_option(sections, section, name, value, faults);
    // A text that looks like JSON (a folder named 2024): offered once more as it was typed.
    if (!fault.empty() && !value.is_string() &&
        read_option(sections, section, name, Json(text), faults).empty()) {
      fault.clear();
    }
    if (!fault.empty()) faults.push_back(fmt::format("{}: {}", flag, fault));
  }
  return faults;
}

void throw_if_any(const Faults& faults) {
  if (faults.empty()) return;
  if (faults.size() == 1) throw ConfigError(faults[0]);
  Faults lines(faults.begin(), faults.begin() + std::min(std::ssize(faults), kNamedFaults));
  const ptrdiff_t others = std::ssize(faults) - std::ssize(lines);
  if (others > 0) lines.push_back(fmt::format("and {} more", with_thousands(others)));
  lines.insert(lines.begin(),
               fmt::format("{} faults in the config", with_thousands(std::ssize(faults))));
  throw ConfigError(std::move(lines));
}

}  // namespace catdog
