// SPDX-License-Identifier: Apache-2.0
// Finds the labelled pictures in what people download: Kaggle's flat folder (cat.0.jpg), or one
// folder a class (PetImages/Cat/0.jpg), either of them up to two folders down.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace catdog {

struct SourceClass {
  std::string name;                             // "cats" and "dogs" as in the book, or as found
  std::vector<std::filesystem::path> pictures;  // in number order
};

// The classes, at least two, sorted by name. Throws DataError saying what was looked for.
std::vector<SourceClass> find_labelled_pictures(const std::filesystem::path& source);

}  // namespace catdog
