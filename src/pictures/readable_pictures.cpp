// SPDX-License-Identifier: Apache-2.0
#include "catdog/pictures/readable_pictures.hpp"

#include <algorithm>
#include <system_error>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"

namespace catdog {
namespace {

void collect_readable(const fs::path& folder, PicturesBelow& found,
                      std::vector<UnreadableFolder>& unreadable) {
  for (const fs::directory_entry& entry : readable_entries(folder, unreadable)) {
    std::error_code ignored;
    if (is_picture_entry(entry)) {
      found.pictures.push_back(entry.path());
    } else if (entry.is_directory(ignored) && !entry.is_symlink(ignored)) {
      collect_readable(entry.path(), found, unreadable);
    } else {
      found.others.push_back(entry.path());
    }
  }
}

}  // namespace

PicturesBelow readable_pictures_below(const fs::path& folder,
                                      std::vector<UnreadableFolder>& unreadable) {
  try {
    return pictures_below(folder);
  } catch (const DataError&) {  // of this folder or of one below it: what can be read is listed
  }
  PicturesBelow found;
  collect_readable(folder, found, unreadable);
  const auto less = [](const auto& a, const auto& b) { return a.native() < b.native(); };
  std::sort(found.pictures.begin(), found.pictures.end(), less);
  std::sort(found.others.begin(), found.others.end(), less);
  return found;
}

std::vector<fs::directory_entry> readable_entries(const fs::path& folder,
                                                  std::vector<UnreadableFolder>& unreadable) {
  try {
    return sorted_entries(folder);
  } catch (const DataError& error) {  // "cannot read the folder FOLDER: fault"
    std::string fault = error.what();
    const std::string before = "cannot read the folder " + shown(folder) + ": ";
    if (fault.starts_with(before)) fault.erase(0, before.size());
    unreadable.push_back({folder, std::move(fault)});
    return {};
  }
}

}  // namespace catdog
