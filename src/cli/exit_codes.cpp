// SPDX-License-Identifier: Apache-2.0
#include "catdog/cli/exit_codes.hpp"

#include "catdog/core/error.hpp"

namespace catdog {

const std::vector<std::pair<std::string, std::string>>& exit_codes() {
  const auto number = [](ExitCode code) { return std::to_string(static_cast<int>(code)); };
  static const std::vector<std::pair<std::string, std::string>> kCodes = {
      {number(ExitCode::ok), "done"},
      {number(ExitCode::failed), "failed: a full disk, no memory, anything not named below"},
      {number(ExitCode::usage), "a command line or config that cannot be carried out"},
      {number(ExitCode::data), "a picture or a folder of pictures that cannot be used"},
      {number(ExitCode::model), "a model file or run folder that cannot be used"},
      {number(ExitCode::below_accuracy), "the accuracy lies below --min-accuracy"},
      {number(ExitCode::unfinished), "--max-time is over; train --resume goes on"},
      {"128 + n", "ended by signal n"}};
  return kCodes;
}

}  // namespace catdog
