// SPDX-License-Identifier: Apache-2.0
#include "split_examine.hpp"

#include "catdog/core/files.hpp"
#include "catdog/core/parallel.hpp"
#include "catdog/pictures/decode.hpp"

namespace catdog {
namespace {

Examined examine(const fs::path& file, DecodeLimits limits) {
  try {
    const std::string bytes = read_picture_file(file);
    check_picture(bytes, file, limits);
    return {bytes.size(), sha256(bytes), ""};
  } catch (const PictureError& error) {
    return {0, "", error.fault};
  }
}

}  // namespace

std::vector<Examined> examine_pictures(const std::vector<fs::path>& files,
                                       DecodeLimits limits) {
  std::vector<Examined> results(files.size());
  for_each_index(files.size(), [&](size_t i) { results[i] = examine(files[i], limits); });
  return results;
}

}  // namespace catdog
