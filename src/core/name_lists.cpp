// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/name_lists.hpp"

#include <spdlog/fmt/fmt.h>
#include <spdlog/fmt/ranges.h>

#include <algorithm>
#include <map>

#include "catdog/core/files.hpp"
#include "catdog/core/text.hpp"

namespace catdog {
namespace {

constexpr size_t kNamed = 10;

// Valid UTF-8 with each character beyond ASCII as \uXXXX, or \UXXXXXXXX beyond 16 bits.
std::string ascii_of(std::string_view text) {
  std::string ascii;
  while (!text.empty()) {
    const auto [length, code] = first_character(text);
    ascii += code < 0x80     ? std::string(1, text[0])
             : code > 0xFFFF ? fmt::format("\\U{:08x}", code)
                             : fmt::format("\\u{:04x}", code);
    text.remove_prefix(length);
  }
  return ascii;
}

// "a", "b" and 3 more.
std::string some_of(const std::vector<std::string>& names) {
  std::vector<std::string> parts;
  for (size_t i = 0; i < std::min(names.size(), kNamed); ++i) {
    parts.push_back(quoted_name(names[i]));
  }
  if (names.size() > kNamed) {
    parts.push_back(fmt::format("{} more", with_thousands(std::ssize(names) - std::ssize(parts))));
  }
  return join_and(parts);
}

using Counts = std::map<std::string, int>;

Counts counts_of(const std::vector<std::string>& names) {
  Counts counts;
  for (const std::string& name : names) ++counts[name];
  return counts;
}

// Adds "only train has …" where there is such a name.
void add_only(const std::string& owner, const Counts& counts, const Counts& others,
              std::vector<std::string>& parts) {
  std::vector<std::string> only;
  for (const auto& [name, count] : counts) {
    if (!others.contains(name)) only.push_back(name);
  }
  if (!only.empty()) parts.push_back(fmt::format("only {} has {}", owner, some_of(only)));
}

std::string times(int count) { return count == 1 ? "once" : fmt::format("{} times", count); }

}  // namespace

std::string quoted_name(std::string_view name) {
  std::string escaped;
  for (const char c : name) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  const std::string text = shown(escaped), ascii = ascii_of(text);
  return fmt::format("\"{}\"", text) + (ascii == text ? "" : fmt::format(" ({})", ascii));
}

std::string difference_of(const NameList& a, const NameList& b) {
  if (a.names == b.names) return "";
  const Counts of_a = counts_of(a.names), of_b = counts_of(b.names);
  std::vector<std::string> parts;
  add_only(a.owner, of_a, of_b, parts);
  add_only(b.owner, of_b, of_a, parts);
  size_t repeated = 0;
  for (const auto& [name, count] : of_a) {
    const auto other = of_b.find(name);
    if (other == of_b.end() || other->second == count || repeated++ >= kNamed) continue;
    parts.push_back(fmt::format("{} has {} {}, {} {}", a.owner, quoted_name(name), times(count),
                                b.owner, times(other->second)));
  }
  if (repeated > kNamed) parts.push_back(fmt::format("and so on for {} more", repeated - kNamed));
  if (parts.empty()) {
    const auto [in_a, in_b] = std::mismatch(a.names.begin(), a.names.end(), b.names.begin());
    parts.push_back(fmt::format("the names are the same in another order: number {} is {} in {}, "
                                "{} in {}",
                                in_a - a.names.begin() + 1, quoted_name(*in_a), a.owner,
                                quoted_name(*in_b), b.owner));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace catdog
