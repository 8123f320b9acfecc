// SPDX-License-Identifier: Apache-2.0
#include "catdog/pictures/class_folders.hpp"

#include <algorithm>
#include <system_error>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/pictures/decode.hpp"

namespace catdog {
namespace {

void collect_pictures(const fs::path& folder, PicturesBelow& found) {
  for (const fs::directory_entry& entry : sorted_entries(folder)) {
    std::error_code ignored;
    if (is_picture_entry(entry)) {
      found.pictures.push_back(entry.path());
    } else if (entry.is_directory(ignored) && !entry.is_symlink(ignored)) {  // a link could loop
      collect_pictures(entry.path(), found);
    } else {
      found.others.push_back(entry.path());
    }
  }
}

}  // namespace

PicturesBelow pictures_below(const fs::path& folder) {
  PicturesBelow found;
  collect_pictures(folder, found);
  const auto less = [](const auto& a, const auto& b) { return a.native() < b.native(); };
  std::sort(found.pictures.begin(), found.pictures.end(), less);
  std::sort(found.others.begin(), found.others.end(), less);
  return found;
}

std::vector<fs::directory_entry> sorted_entries(const fs::path& folder) {
  std::vector<fs::directory_entry> entries;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (!entry->path().filename().native().starts_with('.')) entries.push_back(*entry);
  }
  if (error) throw DataError("cannot read the folder " + shown(folder) + ": " + error.message());
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return a.path().filename().native() < b.path().filename().native();
  });
  return entries;
}

bool is_picture_entry(const fs::directory_entry& entry) {
  std::error_code ignored;  // a broken link counts: reading it will say what is wrong
  return has_picture_extension(entry.path()) && !entry.is_directory(ignored);
}

ClassFolders list_class_folders(const fs::path& dir) {
  ClassFolders listing;
  for (const fs::directory_entry& entry : sorted_entries(dir)) {
    std::error_code ignored;
    if (!entry.is_directory(ignored)) continue;
    std::vector<fs::path> pictures = pictures_below(entry.path()).pictures;
    if (pictures.empty()) {
      throw DataError(shown(entry.path()) + ": the class folder holds no picture; add some or " +
                      "remove the folder");
    }
    const int label = static_cast<int>(listing.classes.size());
    listing.classes.push_back(entry.path().filename().string());
    for (fs::path& picture : pictures) listing.files.push_back({std::move(picture), label});
  }
  if (listing.classes.size() < 2) {
    throw DataError(shown(dir) + ": needs one folder of pictures a class, at least two of them (" +
                    (listing.classes.empty() ? "it has none" : "it has one") +
                    "); `catdog split` makes such folders");
  }
  return listing;
}

}  // namespace catdog
