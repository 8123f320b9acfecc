// SPDX-License-Identifier: Apache-2.0
#include "orientation.hpp"

#include <algorithm>
#include <cstdint>

#include "catdog/pictures/decode.hpp"
#include "header_bytes.hpp"

namespace catdog {
namespace {

using namespace std::string_view_literals;

constexpr uint32_t kTiffOrientation = 0x0112;

// EXIF data are a TIFF without pixels. These return it, or nothing.

// Segments: FF, a marker, the length of what follows; the last before the pixels is FF DA.
std::string_view exif_in_jpeg(std::string_view bytes) {
  constexpr auto kExif = "Exif\0\0"sv;
  const Bytes file(bytes, /*big_endian=*/true);
  for (uint64_t at = 2; file.u8(at) == 0xFF && file.u8(at + 1) != 0xDA;
       at += 2 + file.u16(at + 2)) {
    const std::string_view data = bytes.substr(std::min(at + 4, bytes.size()), file.u16(at + 2));
    if (file.u8(at + 1) == 0xE1 && data.starts_with(kExif)) return data.substr(kExif.size());
  }
  return {};
}

// Chunks: length, type, data, checksum.
std::string_view exif_in_png(std::string_view bytes) {
  const Bytes file(bytes, /*big_endian=*/true);
  for (uint64_t at = 8;; at += 12 + uint64_t{file.u32(at)}) {
    const uint32_t length = file.u32(at);
    file.u32(at + 4);  // throws at the end of the file
    if (bytes.substr(at + 4, 4) == "eXIf") return bytes.substr(at + 8, length);
  }
}

// Chunks: type, length, data, filled up to an even length.
std::string_view exif_in_webp(std::string_view bytes) {
  const Bytes file(bytes, /*big_endian=*/false);
  for (uint64_t at = 12;;) {
    const uint64_t length = file.u32(at + 4);
    std::string_view data = bytes.substr(at + 8, length);
    if (bytes.substr(at, 4) == "EXIF") {
      if (data.starts_with("Exif\0\0"sv)) data.remove_prefix(6);  // some programs add it
      return data;
    }
    at += 8 + length + length % 2;
  }
}

std::string_view exif_in(FileKind kind, std::string_view bytes) {
  switch (kind) {
    case FileKind::jpeg: return exif_in_jpeg(bytes);
    case FileKind::png: return exif_in_png(bytes);
    case FileKind::webp: return exif_in_webp(bytes);
    case FileKind::tiff: return bytes;
    case FileKind::bmp:
    case FileKind::ppm: return {};
  }
  return {};
}

}  // namespace

bool is_turned(FileKind kind, std::string_view bytes) {
  uint32_t orientation = 1;
  try {
    each_tiff_entry(exif_in(kind, bytes), [&](uint32_t tag, uint32_t value, uint64_t) {
      if (tag == kTiffOrientation) orientation = value;
    });
  } catch (const PictureError&) {  // no EXIF data, or cut short
  }
  return orientation >= 2 && orientation <= 8;
}

}  // namespace catdog
