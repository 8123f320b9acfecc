// SPDX-License-Identifier: Apache-2.0
// Finds the image files below a folder. Every command lists files through this one function, and
// reports what it did not take.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace catdog {

// A file or folder that was found and not taken.
struct SkippedFile {
  std::filesystem::path path;
  std::string group;      // for summaries, in the plural: ".heic", "not images", …
  std::string reason;     // of this one, for a list
  bool is_image = false;  // the user may have expected it to be taken
  bool is_fault = false;  // a folder that cannot be read: images in it may be missing
};

struct ImageFiles {
  std::vector<std::filesystem::path> images;  // sorted byte by byte
  std::vector<SkippedFile> skipped;           // sorted by path
};

// Lists `folder` at any depth. A file is taken if its name ends like an image that catdog reads
// (see has_picture_extension), or if it ends like another image, or has no ending, and its first
// bytes are of a format that catdog reads. Links to files and to folders are followed; a folder
// that was listed already, or that holds `folder`, is skipped (compared by device and inode).
// Names that begin with a dot are ignored; files among them that are images are reported. Never throws for a folder that cannot be read: it is in `skipped`, as a fault.
ImageFiles images_below(const std::filesystem::path& folder);

// The same for the files directly in `folder`; folders in it are left alone. Throws DataError if
// `folder` cannot be read.
ImageFiles images_in(const std::filesystem::path& folder);

// The folders directly in `folder`, links to folders included, without names that begin with a
// dot, sorted byte by byte. Throws DataError if `folder` cannot be read.
std::vector<std::filesystem::path> folders_in(const std::filesystem::path& folder);

// Adds images that lie beside class folders, in none of them, to `skipped`.
void skip_beside_classes(std::vector<std::filesystem::path> images,
                         std::vector<SkippedFile>& skipped);

// Throws DataError for the first fault in `skipped`.
void require_readable(const std::vector<SkippedFile>& skipped);

// "skipped 12 files: 9 .heic, 3 not images"; "" if nothing was.
std::string skipped_summary(const std::vector<SkippedFile>& skipped);

}  // namespace catdog
