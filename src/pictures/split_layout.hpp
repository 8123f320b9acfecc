// SPDX-License-Identifier: Apache-2.0
// Finds the classes in the folders that people have: one folder a class, at any depth below it, or
// Kaggle's flat folder of cat.0.jpg and dog.0.jpg.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "catdog/pictures/image_files.hpp"

namespace catdog {

struct SourceImage {
  std::filesystem::path file;
  std::filesystem::path name;  // below the class's folder, in a split
};

struct SourceClass {
  std::string name;
  std::vector<SourceImage> images;  // in number order of their names
};

struct LabelledSource {
  std::vector<SourceClass> classes;  // at least two, sorted by name
  std::vector<SkippedFile> skipped;
  std::string layout;  // where the classes come from, for people
};

enum class Unreadable { refuse, allow };

// Looks in `source` and, while that holds nothing but one folder with images, in that folder. Two
// folders or more that hold images are the classes, by their names. Without folders, files called
// <class>.<number>.<ending> are of that class; cat and dog alone become cats and dogs, as in the
// book. A folder that is split already is refused, or with `merge` its subsets are put together.
// Throws DataError that says what was found and what to do.
// A folder below `source` that cannot be read is an error too, unless `unreadable` allows it: it is
// in `skipped` then, as a fault.
LabelledSource find_labelled_images(const std::filesystem::path& source, bool merge = false,
                                    Unreadable unreadable = Unreadable::refuse);

}  // namespace catdog
