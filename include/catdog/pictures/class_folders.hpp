// SPDX-License-Identifier: Apache-2.0
// Lists a folder of labelled pictures, DIR/<class>/…/<picture>: the class is the folder's name.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace catdog {

struct LabelledFile {
  std::filesystem::path file;
  int label;  // index in ClassFolders::classes
};

struct ClassFolders {
  std::vector<std::string> classes;  // sorted byte by byte, as Keras numbers them
  std::vector<LabelledFile> files;   // by class, then by path within it
};

// Takes the files at any depth below DIR/<class> whose names end like a picture's, in the same
// order on every machine. Names that begin with a dot are left out; links to files are followed,
// and so are the class folders themselves where they are links, but no other links to folders.
// Throws DataError if `dir` is no folder, has fewer than two class folders, or one of them holds
// no picture.
ClassFolders list_class_folders(const std::filesystem::path& dir);

// What lies below one class's folder, at any depth, each sorted byte by byte.
struct PicturesBelow {
  std::vector<std::filesystem::path> pictures;
  std::vector<std::filesystem::path> others;  // not taken: other names, and links to folders
};
PicturesBelow pictures_below(const std::filesystem::path& folder);

// The entries of a folder, sorted byte by byte, without names that begin with a dot. Throws
// DataError if it cannot be read.
std::vector<std::filesystem::directory_entry> sorted_entries(const std::filesystem::path& folder);

// True for what counts as a picture in a folder: its name ends like one, and it is no folder.
bool is_picture_entry(const std::filesystem::directory_entry& entry);

}  // namespace catdog
