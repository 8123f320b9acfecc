// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/control_groups.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

namespace catdog {

namespace fs = std::filesystem;

std::string system_text(const fs::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::optional<uint64_t> system_number(const fs::path& file) {
  const std::string text = system_text(file);
  if (text.empty() || text.find_first_not_of("0123456789\n") != std::string::npos) {
    return std::nullopt;
  }
  return std::strtoull(text.c_str(), nullptr, 10);
}

std::vector<fs::path> control_groups(const fs::path& root, const std::string& controller) {
  std::vector<fs::path> folders;
  std::istringstream lines(system_text(root / "proc/self/cgroup"));
  for (std::string line; std::getline(lines, line);) {  // 4:cpu,cpuacct:/a/b or 0::/a/b
    std::istringstream parts(line);
    std::string id, controllers, path;
    if (!std::getline(parts, id, ':') || !std::getline(parts, controllers, ':') ||
        !std::getline(parts, path)) {
      continue;
    }
    const bool is_meant =
        controllers.empty() ||
        ("," + controllers + ",").find("," + controller + ",") != std::string::npos;
    if (!is_meant) continue;
    const fs::path top =
        root / "sys/fs/cgroup" / (controllers.empty() ? fs::path() : fs::path(controllers));
    for (fs::path group = fs::path(path).relative_path(); !group.empty();
         group = group.parent_path()) {
      folders.push_back(top / group);
    }
    folders.push_back(top);
  }
  return folders;
}

}  // namespace catdog
