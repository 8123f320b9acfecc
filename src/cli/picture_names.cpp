// SPDX-License-Identifier: Apache-2.0
#include "catdog/cli/picture_names.hpp"

#include <algorithm>
#include <cstdio>
#include <deque>
#include <iostream>
#include <iterator>
#include <memory>

#include "catdog/cli/data_checks.hpp"
#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/pictures/image_files.hpp"

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

// The images below a folder and the folders that cannot be read, sorted together. What else was
// skipped joins `skipped`.
void add_folder(const fs::path& folder, std::deque<StreamedPicture>& names,
                std::vector<SkippedFile>& skipped) {
  ImageFiles listed = images_below(folder);
  std::vector<StreamedPicture> found;
  for (fs::path& image : listed.images) found.push_back({.file = std::move(image), .fault = {}});
  std::vector<SkippedFile> others;
  for (SkippedFile& file : listed.skipped) {
    if (file.is_fault) {
      found.push_back({.file = std::move(file.path), .fault = std::move(file.reason)});
    } else {
      others.push_back(std::move(file));
    }
  }
  if (found.empty()) found.push_back({.file = folder, .fault = "holds no images"});
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.file.native() < b.file.native(); });
  std::move(found.begin(), found.end(), std::back_inserter(names));
  log_skipped(shown(folder), others);
  std::move(others.begin(), others.end(), std::back_inserter(skipped));
}

}  // namespace

PictureStream::Names picture_names(const std::vector<fs::path>& paths, NameSeparator separator,
                                   std::vector<SkippedFile>& skipped) {
  const auto names = std::make_shared<std::deque<StreamedPicture>>();
  for (const fs::path& path : paths) {
    std::error_code ignored;
    if (path == kStandardInput || !fs::is_directory(path, ignored)) {
      names->push_back({.file = path, .fault = {}});
    } else {
      add_folder(path, *names, skipped);
    }
  }
  return [names, listed = ListedNames(separator)]() mutable -> std::optional<StreamedPicture> {
    while (!names->empty()) {
      if (names->front().file == kStandardInput) {
        if (std::optional<fs::path> name = listed.next()) {
          return StreamedPicture{.file = std::move(*name), .fault = {}};
        }
        names->pop_front();
        continue;
      }
      StreamedPicture name = std::move(names->front());
      names->pop_front();
      return name;
    }
    return std::nullopt;
  };
}

}  // namespace catdog
