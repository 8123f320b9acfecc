// SPDX-License-Identifier: Apache-2.0
// Finds the labelled pictures in what people download: Kaggle's flat folder (cat.0.jpg), or one
// folder a class (PetImages/Cat/0.jpg), either of them up to two folders down.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "catdog/pictures/class_folders.hpp"

namespace catdog {

struct SourceClass {
  std::string name;                             // "cats" and "dogs" as in the book, or as found
  std::vector<std::filesystem::path> pictures;  // in number order
};

// How folders are listed: sorted_entries(), or what does not throw where one cannot be read.
using EntryLister = std::function<std::vector<std::filesystem::directory_entry>(
    const std::filesystem::path& folder)>;

// The classes, at least two, sorted by name. Throws DataError saying what was looked for, and what
// `list` throws.
std::vector<SourceClass> find_labelled_pictures(const std::filesystem::path& source,
                                                const EntryLister& list = sorted_entries);

}  // namespace catdog
