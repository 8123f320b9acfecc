// SPDX-License-Identifier: Apache-2.0
#include "result_folder.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <string>
#include <vector>

#include "catdog/core/error.hpp"

namespace catdog {

ResultFolder::ResultFolder(const fs::path& folder, const char* flag) : made_(folder) {
  const std::string prefix = ".catdog-predict.";
  WorkFolder::clear_remains(folder, prefix);
  std::error_code error;
  const bool is_empty = fs::is_empty(folder, error);
  if (error) throw Error(fmt::format("cannot read {}: {}", shown(folder), error.message()));
  if (!is_empty) {
    throw ConfigError(fmt::format("{} {}: is not empty; name a new folder", flag, shown(folder)));
  }
  work_.emplace(folder, prefix);
}

void ResultFolder::publish() {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder())) {
    names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  work_->publish(names, {});
  made_.keep();
}

}  // namespace catdog
