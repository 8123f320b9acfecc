// SPDX-License-Identifier: Apache-2.0
// The program's exceptions. Each carries the exit code that `main` returns, and a message of one
// line: what, which file or key, what to do.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace catdog {

enum class ExitCode : int {
  ok = 0,
  failed = 1,          // anything not named below: full disk, no memory, a bug
  usage = 2,           // command line or config
  data = 3,            // pictures or folders of pictures
  model = 4,           // model file or run folder
  below_accuracy = 5,  // the result lies below --min-accuracy
  unfinished = 6,      // --max-time is over; train --resume goes on
};

class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message, ExitCode code = ExitCode::failed)
      : std::runtime_error(message), code_(code), lines_{message} {}
  // Of several lines, each without a line's end; what() has them one below the other.
  explicit Error(std::vector<std::string> lines, ExitCode code = ExitCode::failed)
      : std::runtime_error(joined(lines)), code_(code), lines_(std::move(lines)) {}

  ExitCode code() const { return code_; }
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  static std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += (&line == lines.data() ? "" : "\n  ") + line;
    return text;
  }

  ExitCode code_;
  std::vector<std::string> lines_;
};

// A command line or config that cannot be carried out.
struct ConfigError : Error {
  explicit ConfigError(const std::string& message) : Error(message, ExitCode::usage) {}
  explicit ConfigError(std::vector<std::string> lines) : Error(std::move(lines), ExitCode::usage) {}
};

// A picture, or a folder of pictures, that cannot be used.
struct DataError : Error {
  explicit DataError(const std::string& message) : Error(message, ExitCode::data) {}
};

// A model file or run folder that cannot be used.
struct ModelError : Error {
  explicit ModelError(const std::string& message) : Error(message, ExitCode::model) {}
  explicit ModelError(std::vector<std::string> lines) : Error(std::move(lines), ExitCode::model) {}
};

// The work was cut off by a signal; `main` ends the process by that signal.
struct Interrupted : Error {
  explicit Interrupted(int signal_number)
      : Error("interrupted", static_cast<ExitCode>(128 + signal_number)), signal(signal_number) {}
  int signal;
};

}  // namespace catdog
