// SPDX-License-Identifier: Apache-2.0
// Lists the pictures below a folder although some of its folders cannot be read.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "catdog/pictures/class_folders.hpp"

namespace catdog {

struct UnreadableFolder {
  std::filesystem::path folder;
  std::string fault;  // what the system says
};

// As pictures_below(), but a folder that cannot be read is added to `unreadable` and the others are
// listed.
PicturesBelow readable_pictures_below(const std::filesystem::path& folder,
                                      std::vector<UnreadableFolder>& unreadable);

// As sorted_entries(), with no entries where the folder cannot be read.
std::vector<std::filesystem::directory_entry> readable_entries(
    const std::filesystem::path& folder, std::vector<UnreadableFolder>& unreadable);

}  // namespace catdog
