// SPDX-License-Identifier: Apache-2.0
#include "header.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>
#include <string>

#include "catdog/pictures/decode.hpp"
#include "header_bytes.hpp"

namespace catdog {
namespace {

// The sizes below are read where and as OpenCV's decoders read them, or the file is refused: were
// another number taken here, a small file could make them take gigabytes.

Size png_size(std::string_view file) {
  const Bytes bytes(file, /*big_endian=*/true);
  if (file.substr(std::min<size_t>(12, file.size()), 4) != "IHDR") {
    throw PictureError(FaultKind::damaged, "damaged PNG (its first chunk is not its header)");
  }
  const Size size = require_sane_size(bytes.u32(16), bytes.u32(20));
  // Chunks are length, type, data, checksum: the last is IEND, and all must lie in the file.
  for (uint64_t at = 8; file.substr(std::min(at + 4, file.size()), 4) != "IEND";
       at += 12 + uint64_t{bytes.u32(at)}) {
    if (at + 12 > file.size())
      throw PictureError(FaultKind::damaged, "truncated PNG (it has no end chunk)");
  }
  return size;
}

Size bmp_size(std::string_view file) {
  const Bytes bytes(file, /*big_endian=*/false);
  if (bytes.u32(14) == 12) return require_sane_size(bytes.u16(18), bytes.u16(20));  // OS/2
  const auto signed_height = static_cast<int32_t>(bytes.u32(22));  // negative: from the top down
  return require_sane_size(static_cast<int32_t>(bytes.u32(18)), std::abs(int64_t{signed_height}));
}

// "P6", then width and height in decimal, parted by blanks and comments from # to the line's end.
Size ppm_size(std::string_view file) {
  size_t at = 2;
  const auto next_number = [&] {
    while (at < file.size() &&
           (std::isspace(static_cast<unsigned char>(file[at])) != 0 || file[at] == '#')) {
      at = file[at] == '#' ? std::min(file.find_first_of("\n\r", at), file.size()) : at + 1;
    }
    int64_t number = 0;
    for (; at < file.size() && file[at] >= '0' && file[at] <= '9'; ++at) {
      number = std::min(10 * number + (file[at] - '0'), kMaxPixels + 1);
    }
    ++at;  // what ends a number parts it from the next, even a #
    return number;
  };
  const int64_t width = next_number();
  return require_sane_size(width, next_number());
}

constexpr uint32_t kTiffWidth = 256, kTiffHeight = 257, kTiffBits = 258, kTiffSamples = 277,
                   kTiffStripRows = 278, kTiffTileWidth = 322, kTiffTileHeight = 323,
                   kTiffSampleFormat = 339;

// A tag's one number. Of the bits and the format of samples, which stand once a channel, the first.
int64_t tiff_number(const Bytes& bytes, uint32_t tag, uint32_t value, uint64_t entry) {
  const uint32_t type = bytes.u16(entry + 2), count = bytes.u32(entry + 4);
  if ((tag == kTiffBits || tag == kTiffSampleFormat) && type == 3)
    return count <= 2 ? value : bytes.u16(bytes.u32(entry + 8));
  if ((type == 3 || type == 4) && count == 1) return value;
  throw PictureError(FaultKind::damaged, "damaged TIFF (its size is not one number)");
}

HeaderFacts tiff_facts(std::string_view file) {
  const Bytes bytes(file, /*big_endian=*/file.starts_with('M'));
  std::map<uint32_t, int64_t> numbers = {
      {kTiffWidth, -1},     {kTiffHeight, -1},    {kTiffBits, -1},      {kTiffSamples, -1},
      {kTiffStripRows, -1}, {kTiffTileWidth, -1}, {kTiffTileHeight, -1},
      {kTiffSampleFormat, -1}};
  each_tiff_entry(file, [&](uint32_t tag, uint32_t value, uint64_t entry) {
    const auto number = numbers.find(tag);
    if (number == numbers.end()) return;
    if (number->second >= 0) {
      throw PictureError(FaultKind::damaged, "damaged TIFF (its size stands twice)");
    }
    number->second = tiff_number(bytes, tag, value, entry);
  });
  const auto number_or = [&](uint32_t tag, int64_t otherwise) {
    return numbers[tag] >= 0 ? numbers[tag] : otherwise;
  };
  const Size size = require_sane_size(number_or(kTiffWidth, 0), number_or(kTiffHeight, 0));
  // A whole tile, or strip of rows, is taken into memory: as 4 bytes a pixel or as it is.
  const int64_t rows = number_or(kTiffStripRows, size.height);
  const Size tile = require_sane_size(
      number_or(kTiffTileWidth, size.width),
      number_or(kTiffTileHeight, rows == 0 ? size.height : std::min<int64_t>(rows, size.height)));
  const int64_t pixel_bytes = std::max<int64_t>(
      4, std::min<int64_t>(number_or(kTiffSamples, 1) * number_or(kTiffBits, 1) / 8, 1 << 20));
  // OpenCV reads some of these in some versions, by ranges of its own.
  if (number_or(kTiffSampleFormat, 1) == 3) {
    throw PictureError(FaultKind::damaged,
                       "a TIFF of floating-point numbers; save it with 8 or 16 bits a sample");
  }
  if (number_or(kTiffBits, 1) > 16) {
    throw PictureError(FaultKind::damaged, "a TIFF of " + std::to_string(numbers[kTiffBits]) +
                                               " bits a sample; save it with 8 or 16");
  }
  return {size, static_cast<uint64_t>(tile.width) * static_cast<uint64_t>(tile.height) *
                    static_cast<uint64_t>(pixel_bytes)};
}

Colours tiff_colours(std::string_view file) {
  uint32_t samples = 1, meaning = 2;  // 0, 1: grey; 2: RGB; 3: palette; 5: CMYK
  each_tiff_entry(file, [&](uint32_t tag, uint32_t value, uint64_t) {
    if (tag == 262) meaning = value;
    if (tag == 277) samples = value;
  });
  if (meaning == 5) return Colours::cmyk;
  if (meaning <= 1) return samples > 1 ? Colours::alpha : Colours::grey;
  return meaning == 2 && samples > 3 ? Colours::alpha : Colours::rgb;
}

Colours png_colours(std::string_view file) {
  switch (Bytes(file, /*big_endian=*/true).u8(25)) {  // colour type
    case 0: return Colours::grey;
    case 4:
    case 6: return Colours::alpha;
    default: return Colours::rgb;
  }
}

Colours webp_colours(std::string_view file) {
  const Bytes bytes(file, /*big_endian=*/false);
  const std::string_view chunk = file.substr(12, 4);
  const bool alpha = (chunk == "VP8X" && (bytes.u8(20) & 0x10) != 0) ||
                     (chunk == "VP8L" && (bytes.u32(21) >> 28 & 1) != 0);
  return alpha ? Colours::alpha : Colours::rgb;
}

Size webp_size(std::string_view file) {
  const Bytes bytes(file, /*big_endian=*/false);
  if (uint64_t{bytes.u32(4)} + 8 > file.size()) {
    throw PictureError(FaultKind::damaged,
                       "truncated WebP (the file is shorter than its header says)");
  }
  const std::string_view chunk = file.substr(12, 4);
  if (chunk == "VP8X" && (bytes.u8(20) & 2) != 0) {  // newer versions of OpenCV take a frame
    throw PictureError(FaultKind::damaged, "an animated WebP; save one of its frames");
  }
  if (chunk == "VP8X") return require_sane_size(bytes.u24(24) + 1, bytes.u24(27) + 1);
  if (chunk == "VP8L") {
    const uint32_t sizes = bytes.u32(21);
    return require_sane_size((sizes & 0x3FFF) + 1, (sizes >> 14 & 0x3FFF) + 1);
  }
  if (chunk != "VP8 ") {
    throw PictureError(FaultKind::damaged, "damaged WebP (its first chunk is no picture)");
  }
  return require_sane_size(bytes.u16(26) & 0x3FFF, bytes.u16(28) & 0x3FFF);
}

// A lossless image is decoded to 4 bytes a pixel, and one with alpha is copied from 4 channels.
HeaderFacts webp_facts(std::string_view file) {
  const Size size = webp_size(file);
  const unsigned pixel_bytes = (file.substr(12, 4) == "VP8 " ? 0 : 4) +
                               (webp_colours(file) == Colours::alpha ? 4 : 0);
  return {size, uint64_t{pixel_bytes} * static_cast<unsigned>(size.height) *
                    static_cast<unsigned>(size.width)};
}

bool is_ppm(std::string_view bytes) {
  return bytes.size() > 2 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '6' &&
         std::isspace(static_cast<unsigned char>(bytes[2])) != 0;
}

}  // namespace

const char* name_of(FileKind kind) {
  switch (kind) {
    case FileKind::jpeg: return "JPEG";
    case FileKind::png: return "PNG";
    case FileKind::bmp: return "BMP";
    case FileKind::ppm: return "PPM";
    case FileKind::tiff: return "TIFF";
    case FileKind::webp: return "WebP";
  }
  return "";
}

FileKind kind_of(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.empty()) throw PictureError(FaultKind::no_picture, "the file is empty");
  if (bytes.starts_with("\xFF\xD8\xFF")) return FileKind::jpeg;
  if (bytes.starts_with("\x89PNG\r\n\x1A\n")) return FileKind::png;
  if (bytes.starts_with("BM")) return FileKind::bmp;
  if (is_ppm(bytes)) return FileKind::ppm;
  if (bytes.starts_with("II*\0"sv) || bytes.starts_with("MM\0*"sv)) return FileKind::tiff;
  if (bytes.starts_with("RIFF") && bytes.find("WEBP") == 8) return FileKind::webp;
  throw PictureError(FaultKind::no_picture, "not a JPEG, PNG, BMP, PPM, TIFF or WebP file");
}

HeaderFacts facts_in_header(FileKind kind, std::string_view bytes) {
  switch (kind) {
    case FileKind::jpeg: break;
    case FileKind::png: return {png_size(bytes)};
    case FileKind::bmp: return {bmp_size(bytes)};
    case FileKind::ppm: return {ppm_size(bytes)};
    case FileKind::tiff: return tiff_facts(bytes);
    case FileKind::webp: return webp_facts(bytes);
  }
  throw std::logic_error("facts_in_header: libjpeg reads JPEG headers");
}

Colours colours_in_header(FileKind kind, std::string_view bytes) {
  switch (kind) {
    case FileKind::png: return png_colours(bytes);
    case FileKind::ppm: return bytes[1] == '3' || bytes[1] == '6' ? Colours::rgb : Colours::grey;
    case FileKind::tiff: return tiff_colours(bytes);
    case FileKind::webp: return webp_colours(bytes);
    default: return Colours::rgb;
  }
}

Size require_sane_size(int64_t width, int64_t height) {
  const std::string size = std::to_string(width) + "x" + std::to_string(height) + " pixels";
  if (width < 1 || height < 1) throw PictureError(FaultKind::absurd_size, "it has " + size);
  if (width > kMaxPixels || height > kMaxPixels || width * height > kMaxPixels) {
    throw PictureError(FaultKind::absurd_size, "it has " + size + ", at most " +
                                                   std::to_string(kMaxPixels) + " are allowed");
  }
  return {static_cast<int>(height), static_cast<int>(width)};
}

}  // namespace catdog
