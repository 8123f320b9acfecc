// SPDX-License-Identifier: Apache-2.0
#include "check_listing.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <system_error>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/pictures/class_folders.hpp"
#include "catdog/pictures/split.hpp"
#include "split_layout.hpp"

namespace catdog {
namespace {

bool is_folder(const fs::directory_entry& entry) {
  std::error_code ignored;
  return entry.is_directory(ignored);
}

void append(std::vector<fs::path>& all, std::vector<fs::path> more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

// A folder counts as a subset if there is a folder in it, as a class would be.
CheckListing list_split(const fs::path& dir) {
  CheckListing listing;
  listing.is_split = true;
  std::vector<std::map<std::string, PicturesBelow>> found;
  std::set<std::string> classes;
  for (const char* subset : kSubsets) {
    std::error_code ignored;
    if (!fs::is_directory(dir / subset, ignored)) continue;
    std::map<std::string, PicturesBelow> of_class;
    for (const fs::directory_entry& entry : readable_entries(dir / subset, listing.unreadable)) {
      if (is_folder(entry)) {
        const std::string name = entry.path().filename().string();
        of_class[name] = readable_pictures_below(entry.path(), listing.unreadable);
        classes.insert(name);
      } else {
        listing.not_taken.push_back(entry.path());
      }
    }
    if (of_class.empty()) continue;
    listing.subsets.emplace_back(subset);
    found.push_back(std::move(of_class));
  }
  listing.classes.assign(classes.begin(), classes.end());
  for (size_t subset = 0; subset < found.size(); ++subset) {
    for (size_t label = 0; label < listing.classes.size(); ++label) {
      PicturesBelow& below = found[subset][listing.classes[label]];
      for (fs::path& file : below.pictures) {
        listing.pictures.push_back({std::move(file), subset, label});
      }
      append(listing.not_taken, std::move(below.others));
    }
  }
  return listing;
}

// find_labelled_pictures() over what can be read; other folders are added to `unreadable`.
std::vector<SourceClass> find_readable_pictures(const fs::path& dir,
                                                std::vector<UnreadableFolder>& unreadable) {
  std::set<fs::path> seen;  // folders are listed several times
  const auto list = [&](const fs::path& folder) {
    if (folder == dir) return sorted_entries(folder);
    std::vector<UnreadableFolder> now;
    auto entries = readable_entries(folder, now);
    if (!now.empty() && seen.insert(folder).second) unreadable.push_back(std::move(now[0]));
    return entries;
  };
  try {
    return find_labelled_pictures(dir, list);
  } catch (const DataError& error) {
    if (unreadable.empty()) throw;
    throw DataError(std::string(error.what()) + "; and " + shown(unreadable[0].folder) +
                    " cannot be read: " + unreadable[0].fault);
  }
}

CheckListing list_source(const fs::path& dir) {
  CheckListing listing;
  listing.subsets = {""};
  std::set<fs::path> folders;
  for (SourceClass& found : find_readable_pictures(dir, listing.unreadable)) {
    for (fs::path& file : found.pictures) {
      folders.insert(file.parent_path());
      listing.pictures.push_back({std::move(file), 0, listing.classes.size()});
    }
    listing.classes.push_back(std::move(found.name));
  }
  for (const fs::path& folder : folders) {
    for (const fs::directory_entry& entry : sorted_entries(folder)) {
      if (!is_picture_entry(entry) && !is_folder(entry)) listing.not_taken.push_back(entry.path());
    }
  }
  return listing;
}

}  // namespace

CheckListing list_for_check(const fs::path& dir) {
  CheckListing split = list_split(dir);
  return split.subsets.empty() ? list_source(dir) : split;
}

}  // namespace catdog
