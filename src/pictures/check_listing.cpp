// SPDX-License-Identifier: Apache-2.0
#include "check_listing.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <system_error>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/pictures/subsets.hpp"
#include "split_layout.hpp"

namespace catdog {
namespace {

void append(std::vector<SkippedFile>& all, std::vector<SkippedFile> more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

// A folder counts as a subset if there is a folder in it, as a class would be.
CheckListing list_split(const fs::path& dir) {
  CheckListing listing;
  listing.is_split = true;
  std::vector<std::map<std::string, ImageFiles>> found;
  std::set<std::string> classes;
  for (const char* subset : kSubsets) {
    std::error_code ignored;
    const fs::path folder = subset_folder(dir, subset);
    if (!fs::is_directory(folder, ignored)) continue;
    std::error_code error;
    fs::directory_iterator(folder, error);
    if (error) {
      listing.skipped.push_back({folder, "folders that cannot be read", error.message(), true, true});
      continue;
    }
    std::map<std::string, ImageFiles> of_class;
    for (const fs::path& class_folder : folders_in(folder)) {
      const std::string name = class_folder.filename().string();
      of_class[name] = images_below(class_folder);
      classes.insert(name);
    }
    if (of_class.empty()) continue;
    ImageFiles beside = images_in(folder);
    append(listing.skipped, std::move(beside.skipped));
    skip_beside_classes(std::move(beside.images), listing.skipped);
    listing.subsets.emplace_back(subset);
    found.push_back(std::move(of_class));
  }
  listing.classes.assign(classes.begin(), classes.end());
  for (size_t subset = 0; subset < found.size(); ++subset) {
    for (size_t label = 0; label < listing.classes.size(); ++label) {
      ImageFiles& files = found[subset][listing.classes[label]];
      for (fs::path& file : files.images) {
        listing.pictures.push_back({std::move(file), subset, label});
      }
      append(listing.skipped, std::move(files.skipped));
    }
  }
  return listing;
}

// The classes in what can be read. Where that is not enough, what cannot be read is the fault.
LabelledSource readable_source(const fs::path& dir) {
  try {
    return find_labelled_images(dir, /*merge=*/false, Unreadable::allow);
  } catch (const DataError&) {
    require_readable(images_below(dir).skipped);
    throw;
  }
}

CheckListing list_source(const fs::path& dir) {
  CheckListing listing;
  listing.subsets = {""};
  LabelledSource source = readable_source(dir);
  for (SourceClass& found : source.classes) {
    for (SourceImage& image : found.images) {
      listing.pictures.push_back({std::move(image.file), 0, listing.classes.size()});
    }
    listing.classes.push_back(std::move(found.name));
  }
  listing.skipped = std::move(source.skipped);
  return listing;
}

}  // namespace

CheckListing list_for_check(const fs::path& dir) {
  CheckListing split = list_split(dir);
  return split.subsets.empty() ? list_source(dir) : split;
}

}  // namespace catdog
