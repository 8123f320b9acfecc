// SPDX-License-Identifier: Apache-2.0
// What `catdog check` concludes from what it read: nothing here opens a file.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "catdog/pictures/check.hpp"
#include "catdog/pictures/decode.hpp"
#include "catdog/pictures/fingerprint.hpp"
#include "check_listing.hpp"

namespace catdog {

struct ReadPicture {
  std::string name;                   // exact, from the folder on
  size_t subset = 0, label = 0;       // in CheckListing's lists
  std::optional<PictureError> error;  // if there is one, what follows is empty, but for
  std::string sha256;                 // which is there if the file could be read
  int64_t bytes = 0;
  PictureFacts facts;  // without `small`
  std::optional<Fingerprint> fingerprint;
};

using Findings = std::vector<Finding>;

// Of each picture by itself.
void find_faults(const std::vector<ReadPicture>& pictures, int tiny_px, Findings& findings);

// Files of equal bytes; of all pictures, each kept once, near-duplicates.
void find_duplicates(const std::vector<ReadPicture>& pictures, int near_bits, Findings& findings);

// Classes that are missing somewhere, or much larger than others.
void find_class_faults(const CheckResult& result, Findings& findings);

// Files that are not those of which split.json has the hash.
void find_changes(const std::vector<ReadPicture>& pictures,
                  const std::map<std::string, std::string>& recorded, Findings& findings);

}  // namespace catdog
