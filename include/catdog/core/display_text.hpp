// SPDX-License-Identifier: Apache-2.0
// How text that is not catdog's own gets to a terminal: names of files, classes and runs, keys and
// values of configs, words of the command line, messages of libraries.
//
// Each exit escapes, so that no caller can forget to: cli/standard_output.hpp for stdout and for
// errors, LogFormatter (cli/log_format.hpp) for the log, ProgressBar, and html_escaped for the
// report. One rule says what a line end is:
// - A log message and an error are one line each: the exits escape '\n' in them too. An error of
//   several lines holds them as a list (Error::lines).
// - What a command prints on stdout has lines that catdog ends: the exit keeps '\n', and a foreign
//   text within such a line goes through shown().
// Escaping twice changes nothing: what is escaped once is all printable.
// What programs read (--json, --csv, generated scripts) is written exactly; see json_text.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace catdog {

// The first character of a UTF-8 text.
struct Utf8Character {
  size_t length;  // bytes; 0 if the text does not begin with valid UTF-8
  uint32_t code;  // the code point
};
// `text` is not empty.
Utf8Character first_character(std::string_view text);

// U+0000 to U+001F and U+007F to U+009F.
bool is_control(uint32_t code);

// Whether a reader can see the character and it changes nothing around it: no control character, no
// mark that turns the direction of text (U+202E), nothing of zero width (U+200B), no separator of
// lines.
bool is_displayed(uint32_t code);

// Whether `text` is valid UTF-8 without control characters, so that JSON, CSV, Python and a model
// file can hold it as it is.
bool is_plain_text(std::string_view text);

// One line for a person: every byte of invalid UTF-8 and of a character that is not displayed,
// '\n' too, becomes \xHH.
std::string shown(const std::filesystem::path& path);

// The same, but for '\n', which stays.
std::string shown_lines(std::string_view text);

}  // namespace catdog
