// SPDX-License-Identifier: Apache-2.0
#include "catdog/pictures/class_folders.hpp"

#include <iterator>
#include <utility>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"

namespace catdog {
namespace {

void require_two(const ClassFolders& listing, const fs::path& dir) {
  const size_t count = listing.classes.size();
  if (count >= 2) return;
  throw DataError(shown(dir) + ": needs one folder of images a class, at least two of them (it has " +
                  (count == 0 ? "none" : "one") + "); `catdog split` makes such folders");
}

}  // namespace

ClassFolders list_class_folders(const fs::path& dir, EmptyClasses empty) {
  ClassFolders listing;
  ImageFiles beside = images_in(dir);
  listing.skipped = std::move(beside.skipped);
  skip_beside_classes(std::move(beside.images), listing.skipped);
  for (const fs::path& folder : folders_in(dir)) {
    ImageFiles found = images_below(folder);
    require_readable(found.skipped);
    if (found.images.empty() && empty == EmptyClasses::refuse) {
      const std::string summary = skipped_summary(found.skipped);
      throw DataError(shown(folder) + ": the class folder holds no image" +
                      (summary.empty() ? "" : " (" + summary + ")") +
                      "; add some or remove the folder");
    }
    const int label = static_cast<int>(listing.classes.size());
    listing.classes.push_back(folder.filename().string());
    for (fs::path& image : found.images) listing.files.push_back({std::move(image), label});
    std::move(found.skipped.begin(), found.skipped.end(), std::back_inserter(listing.skipped));
  }
  if (empty == EmptyClasses::refuse) require_two(listing, dir);
  return listing;
}

}  // namespace catdog
