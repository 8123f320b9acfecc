// SPDX-License-Identifier: Apache-2.0
// Numbers in the headers of image files, and the entries of a TIFF's first directory. Throws
// PictureError where a file ends too early.
#pragma once

#include <cstdint>
#include <string_view>

#include "catdog/pictures/decode.hpp"

namespace catdog {

// Unsigned numbers at fixed places; reading past the end is the error of a truncated file.
class Bytes {
 public:
  Bytes(std::string_view bytes, bool big_endian) : bytes_(bytes), big_endian_(big_endian) {}

  uint32_t u8(uint64_t at) const {
    if (at >= bytes_.size())
      throw PictureError(FaultKind::damaged, "truncated (the file ends inside its header)");
    return static_cast<unsigned char>(bytes_[at]);
  }
  uint32_t u16(uint64_t at) const { return pair(u8(at), u8(at + 1), 8); }
  uint32_t u24(uint64_t at) const { return u16(at) | u8(at + 2) << 16; }  // little-endian only
  uint32_t u32(uint64_t at) const { return pair(u16(at), u16(at + 2), 16); }

 private:
  uint32_t pair(uint32_t first, uint32_t second, int bits) const {
    return big_endian_ ? first << bits | second : second << bits | first;
  }

  std::string_view bytes_;
  bool big_endian_;
};

// Calls `use(tag, value, place of the entry)` for each entry of the first directory; a value of
// more than four bytes is given as the place where it stands.
template <typename Use>
void each_tiff_entry(std::string_view file, Use use) {
  const Bytes bytes(file, /*big_endian=*/file.starts_with('M'));
  const auto value_at = [&](uint64_t entry) {
    const uint32_t type = bytes.u16(entry + 2);
    if (type == 1 || type == 6) return bytes.u8(entry + 8);
    return type == 3 || type == 8 ? bytes.u16(entry + 8) : bytes.u32(entry + 8);
  };
  const uint64_t directory = bytes.u32(4);
  for (uint64_t i = 0; i < bytes.u16(directory); ++i) {
    const uint64_t entry = directory + 2 + 12 * i;  // tag, type, count, value
    use(bytes.u16(entry), value_at(entry), entry);
  }
}

}  // namespace catdog
