// SPDX-License-Identifier: Apache-2.0
// The libraries that decode images, as they are loaded into this process, and which of the known
// holes they have.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace catdog {

struct CodecLibrary {
  std::string name;                  // "libwebp"
  std::filesystem::path path;        // the file that is loaded, without symbolic links
  std::string version = "";          // as the library says; empty: it does not
  std::string package = "";          // Debian's, as "libwebp7"; empty: it is in none
  std::string package_version = "";  // as "1.2.4-0.2+deb12u1"
  std::vector<std::string> holes = {};  // CVE ids, see known_holes
};

// Those of libjpeg, libpng, libtiff and libwebp that are loaded, in this order. One that is inside
// OpenCV is not among them.
std::vector<CodecLibrary> codec_libraries();

// The CVE ids of the holes in decoding that this library has. A package of a distribution is judged
// by the package's version, because distributions mend old versions: a package of a release that
// the table does not have, and a file below /usr/lib or /lib that dpkg does not know, have none.
// Other libraries are judged by their own version. `release` is a code name, as "bookworm".
std::vector<std::string> known_holes(const CodecLibrary& library, const std::string& release);

}  // namespace catdog
