// SPDX-License-Identifier: Apache-2.0
#include "catdog/cli/picture_names.hpp"

#include <deque>
#include <iostream>
#include <memory>

#include "catdog/cli/data_checks.hpp"
#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/pictures/image_files.hpp"

namespace catdog {
namespace {

const fs::path kStandardInput = "-";

std::optional<fs::path> next_line() {
  for (std::string line; std::getline(std::cin, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) return line;
  }
  return std::nullopt;
}

}  // namespace

PictureStream::Names picture_names(const std::vector<fs::path>& paths) {
  const auto names = std::make_shared<std::deque<fs::path>>();
  for (const fs::path& path : paths) {
    std::error_code ignored;
    if (path == kStandardInput || !fs::is_directory(path, ignored)) {
      names->push_back(path);
      continue;
    }
    ImageFiles found = images_below(path);
    require_readable(found.skipped);
    log_skipped(shown(path), found.skipped);
    if (found.images.empty()) throw DataError(shown(path) + ": holds no images");
    names->insert(names->end(), found.images.begin(), found.images.end());
  }
  return [names]() -> std::optional<fs::path> {
    while (!names->empty()) {
      if (names->front() == kStandardInput) {
        if (std::optional<fs::path> line = next_line()) return line;
        names->pop_front();
        continue;
      }
      fs::path name = std::move(names->front());
      names->pop_front();
      return name;
    }
    return std::nullopt;
  };
}

}  // namespace catdog
