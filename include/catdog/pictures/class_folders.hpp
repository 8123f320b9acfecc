// SPDX-License-Identifier: Apache-2.0
// Lists a folder of labelled pictures, DIR/<class>/…/<picture>: the class is the folder's name.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "catdog/pictures/image_files.hpp"

namespace catdog {

struct LabelledFile {
  std::filesystem::path file;
  int label;  // index in ClassFolders::classes
};

struct ClassFolders {
  std::vector<std::string> classes;  // sorted byte by byte, as Keras numbers them
  std::vector<LabelledFile> files;   // by class, then by path within it
  std::vector<SkippedFile> skipped;
};

enum class EmptyClasses {
  refuse,  // a class folder without images is an error, and there are at least two with some
  allow,   // it is a class of which there is no image
};

// Takes the images at any depth below each folder in `dir` (see images_below), in the same order on
// every machine. Files directly in `dir` are skipped. Throws DataError if `dir` or a folder below it
// cannot be read, or for what `empty` does not allow.
ClassFolders list_class_folders(const std::filesystem::path& dir,
                                EmptyClasses empty = EmptyClasses::refuse);

}  // namespace catdog
