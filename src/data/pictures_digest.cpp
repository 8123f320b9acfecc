// SPDX-License-Identifier: Apache-2.0
#include "catdog/data/pictures_digest.hpp"

#include "catdog/core/files.hpp"
#include "catdog/core/parallel.hpp"
#include "catdog/pictures/decode.hpp"

namespace catdog {

std::vector<std::string> picture_digests(const ImageFolder& pictures) {
  std::vector<std::string> digests(*pictures.size());
  for_each_index(digests.size(),
                 [&](size_t i) { digests[i] = sha256(read_picture_file(pictures.file(i))); });
  return digests;
}

std::string pictures_digest(const ImageFolder& pictures, const std::vector<std::string>& digests,
                            const fs::path& dir) {
  std::string lines;
  for (size_t i = 0; i < digests.size(); ++i) {
    // A name holds no zero byte: nothing in it can pass for the end of its line.
    lines += pictures.file(i).lexically_relative(dir).native() + '\0' + digests[i] + '\n';
  }
  return sha256(lines);
}

}  // namespace catdog
