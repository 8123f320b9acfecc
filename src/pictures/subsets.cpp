// SPDX-License-Identifier: Apache-2.0
#include "catdog/pictures/subsets.hpp"

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/text.hpp"
#include "catdog/pictures/image_files.hpp"

namespace catdog {

std::optional<size_t> subset_of_name(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, size_t>, 7> kNames = {
      {{"train", 0},
       {"training", 0},
       {"validation", 1},
       {"valid", 1},
       {"val", 1},
       {"test", 2},
       {"testing", 2}}};
  const std::string lower = lower_case(name);
  for (const auto& [known, subset] : kNames) {
    if (lower == known) return subset;
  }
  return std::nullopt;
}

fs::path subset_folder(const fs::path& dir, const std::string& name) {
  const fs::path exact = dir / name;
  const std::optional<size_t> subset = subset_of_name(name);
  std::error_code ignored;
  if (!subset || !fs::is_directory(dir, ignored)) return exact;
  std::vector<fs::path> folders;
  std::vector<std::string> names;
  for (const fs::path& folder : folders_in(dir)) {
    if (subset_of_name(folder.filename().native()) != subset) continue;
    folders.push_back(folder);
    names.push_back(shown(folder.filename()));
  }
  if (folders.size() > 1) {
    throw DataError(shown(dir) + ": holds " + join_and(names) + ", which are names of one subset (" +
                    kSubsets[*subset] + "); keep one of them");
  }
  return folders.empty() ? exact : folders.front();
}

}  // namespace catdog
