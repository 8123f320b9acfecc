// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/text.hpp"

#include <spdlog/fmt/fmt.h>
#include <spdlog/fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <utility>

namespace catdog {
namespace {

// The insertions, deletions, replacements and exchanges of neighbours between two words: the
// distance of optimal string alignment.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before, last, row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 0; i < a.size(); ++i) {
    before = std::exchange(last, row);
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      row[j + 1] = std::min({row[j] + 1, last[j + 1] + 1, last[j] + (a[i] != b[j])});
      if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j]) {
        row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
      }
    }
  }
  return row.back();
}

// Beyond this nothing is a slip of the pen, and the time would grow with the word's length.
constexpr size_t kLongestWord = 64;

// Without the dashes of a flag, in small letters.
std::string letters_of(std::string_view word) {
  std::string letters(word.substr(std::min(word.find_first_not_of('-'), word.size())));
  for (char& c : letters) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return letters.substr(0, kLongestWord);
}

// Those at the smallest distance to `word`, if that is small beside their length.
std::vector<std::string> near_words(const std::string& word,
                                    const std::vector<std::string>& candidates) {
  std::vector<std::string> nearest;
  size_t smallest = word.size() + 1;
  for (const std::string& candidate : candidates) {
    const std::string letters = letters_of(candidate);
    const size_t distance = edit_distance(word, letters);
    const size_t most = letters.size() < 2 ? 0 : std::max<size_t>(1, letters.size() / 3);
    if (distance > most || distance > smallest) continue;
    if (distance < smallest) nearest.clear();
    smallest = distance;
    nearest.push_back(candidate);
  }
  return nearest;
}

// Those that begin with `word`, or that `word` begins with.
std::vector<std::string> words_with_equal_beginning(const std::string& word,
                                                    const std::vector<std::string>& candidates) {
  constexpr size_t kShortest = 3;
  std::vector<std::string> found;
  for (const std::string& candidate : candidates) {
    const std::string letters = letters_of(candidate);
    if (std::min(word.size(), letters.size()) < kShortest) continue;
    if (letters.starts_with(word) || word.starts_with(letters)) found.push_back(candidate);
  }
  return found;
}

}  // namespace

std::string with_thousands(int64_t number) {
  std::string text = std::to_string(number);
  const size_t sign = number < 0;
  for (size_t i = text.size(); i > sign + 3;) text.insert(i -= 3, 1, ',');
  return text;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

bool is_hexadecimal(std::string_view text, size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == text.npos;
}

std::string join_and(const std::vector<std::string>& parts) {
  std::string text;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += i + 1 < parts.size() ? ", " : " and ";
    text += parts[i];
  }
  return text;
}

const std::string& nearest_of(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string* nearest = nullptr;
  size_t smallest = 0;
  for (const std::string& candidate : candidates) {
    const size_t distance = edit_distance(word.substr(0, kLongestWord), candidate);
    if (nearest != nullptr && distance >= smallest) continue;
    nearest = &candidate;
    smallest = distance;
  }
  return *nearest;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr size_t kMostNamed = 3;
  const std::string letters = letters_of(word);
  std::vector<std::string> meant = near_words(letters, candidates);
  if (meant.empty()) meant = words_with_equal_beginning(letters, candidates);
  if (meant.empty() || meant.size() > kMostNamed) return "";
  return fmt::format("; did you mean {}?", fmt::join(meant, " or "));
}

std::string duration(double seconds) {
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<int64_t>(std::llround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::optional<double> seconds_of(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || !std::isfinite(number) || number <= 0) return std::nullopt;
  const std::string_view unit(end, text.data() + text.size());
  if (unit == "s") return number;
  if (unit == "min") return 60 * number;
  if (unit == "h") return 3600 * number;
  return std::nullopt;
}

std::string shell_word(std::string_view word) {
  const auto is_plain = [](char c) {
    return static_cast<unsigned char>(c) >= 0x80 || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/._-+=:,@%").find(c) != std::string_view::npos;
  };
  const std::string text = (word.starts_with('-') ? "./" : "") + std::string(word);
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain)) return text;
  std::string quoted;
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return "'" + quoted + "'";
}

}  // namespace catdog
