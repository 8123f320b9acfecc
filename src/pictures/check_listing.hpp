// SPDX-License-Identifier: Apache-2.0
// Which files `catdog check` reads: those that training or `catdog split` would take.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "catdog/pictures/readable_pictures.hpp"

namespace catdog {

struct ListedPicture {
  std::filesystem::path file;
  size_t subset, label;  // in CheckListing's lists
};

struct CheckListing {
  bool is_split = false;                         // DIR/{train,validation,test}/<class>
  std::vector<std::string> subsets;              // those that are there; one, "", if no split
  std::vector<std::string> classes;              // sorted
  std::vector<ListedPicture> pictures;           // by subset, class, name
  std::vector<std::filesystem::path> not_taken;  // files beside them that are left alone
  std::vector<UnreadableFolder> unreadable;
};

// Throws DataError if neither layout is found.
CheckListing list_for_check(const std::filesystem::path& dir);

}  // namespace catdog
