// SPDX-License-Identifier: Apache-2.0
#include "catdog/cli/picture_names.hpp"

#include <cstdio>
#include <deque>
#include <iostream>
#include <memory>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/pictures/class_folders.hpp"

namespace catdog {
namespace {

const fs::path kStandardInput = "-";

// The names on stdin, one by one; empty ones are skipped.
class ListedNames {
 public:
  explicit ListedNames(NameSeparator separator) : separator_(separator) {}

  std::optional<fs::path> next() {
    const bool by_line = separator_ == NameSeparator::line;
    for (std::string name; std::getline(std::cin, name, by_line ? '\n' : '\0');) {
      if (by_line && is_first_ && name.starts_with("\xEF\xBB\xBF")) name.erase(0, 3);
      is_first_ = false;
      if (by_line && name.ends_with('\r')) name.pop_back();
      if (!name.empty()) return name;
    }
    if (std::ferror(stdin) != 0) throw DataError("the list on stdin cannot be read");
    return std::nullopt;
  }

 private:
  const NameSeparator separator_;
  bool is_first_ = true;
};

}  // namespace

PictureStream::Names picture_names(const std::vector<fs::path>& paths, NameSeparator separator) {
  const auto names = std::make_shared<std::deque<fs::path>>();
  for (const fs::path& path : paths) {
    std::error_code ignored;
    if (path == kStandardInput || !fs::is_directory(path, ignored)) {
      names->push_back(path);
      continue;
    }
    const std::vector<fs::path> pictures = pictures_below(path).pictures;
    if (pictures.empty()) throw DataError(shown(path) + ": holds no pictures");
    names->insert(names->end(), pictures.begin(), pictures.end());
  }
  return [names, listed = ListedNames(separator)]() mutable -> std::optional<fs::path> {
    while (!names->empty()) {
      if (names->front() == kStandardInput) {
        if (std::optional<fs::path> name = listed.next()) return name;
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
