// SPDX-License-Identifier: Apache-2.0
// Small helpers for texts that a person reads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace catdog {

// 3453121 → "3,453,121".
std::string with_thousands(int64_t number);

// The ASCII letters of `text` in lower case, other bytes as they are.
std::string lower_case(std::string_view text);

// Whether `text` is so many hexadecimal digits, the letters in lower case, as sha256() writes them.
bool is_hexadecimal(std::string_view text, size_t digits);

// "a, b and c".
std::string join_and(const std::vector<std::string>& parts);

// The candidate with the smallest edit distance to `word`, the first of equals; `candidates`
// is not empty.
const std::string& nearest_of(std::string_view word, const std::vector<std::string>& candidates);

// "; did you mean --epochs?" of a mistyped `word`: the nearest of `candidates`, or several that are
// equally near; "" where none is near enough to be what was meant. Dashes and capitals do not
// count.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

// 75 → "1 min 15 s", 3725 → "1 h 2 min", .25 → "0.2 s".
std::string duration(double seconds);

// "90s" → 90, "5min" → 300, "2h" → 7200; none for what is no such time, or not above 0.
std::optional<double> seconds_of(std::string_view text);

// A word as a POSIX shell takes it, in quotes where it needs them; one that begins with "-" becomes
// a path.
std::string shell_word(std::string_view word);

}  // namespace catdog
