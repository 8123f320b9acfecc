// SPDX-License-Identifier: Apache-2.0
#include "catdog/data/pictures_digest.hpp"

#include "catdog/core/files.hpp"
#include "catdog/core/signals.hpp"
#include "catdog/pictures/decode.hpp"

namespace catdog {

std::string pictures_digest(const ImageFolder& pictures, const fs::path& dir) {
  std::string lines;
  for (size_t i = 0; i < *pictures.size(); ++i) {
    throw_if_interrupted();
    const fs::path& file = pictures.file(i);
    // A name holds no zero byte: nothing in it can pass for the end of its line.
    lines += file.lexically_relative(dir).native() + '\0' + sha256(read_picture_file(file)) + '\n';
  }
  return sha256(lines);
}

}  // namespace catdog
