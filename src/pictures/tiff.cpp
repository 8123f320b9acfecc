// SPDX-License-Identifier: Apache-2.0
#include "tiff.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "header_bytes.hpp"

namespace catdog {
namespace {

// Tags and values by TIFF 6.0 (Adobe, 1992) and its technical notes 1 and 2.
constexpr uint32_t kTiffWidth = 256, kTiffHeight = 257, kTiffBits = 258, kTiffCompression = 259,
                   kTiffMeaning = 262, kTiffSamples = 277, kTiffStripRows = 278,
                   kTiffTileWidth = 322, kTiffTileHeight = 323, kTiffSampleFormat = 339;

// What libtiff needs to decode an image, in ascending order: besides the above FillOrder,
// StripOffsets and StripByteCounts, PlanarConfiguration, T4Options and T6Options, WhitePoint and
// PrimaryChromaticities (of CIELab), Predictor, ColorMap, TileOffsets and TileByteCounts, InkSet,
// ExtraSamples, JPEGTables, and the three of YCbCr and ReferenceBlackWhite.
constexpr std::array<uint32_t, 29> kDecoded = {
    kTiffWidth, kTiffHeight, kTiffBits, kTiffCompression, kTiffMeaning, 266, 273, kTiffSamples,
    kTiffStripRows, 279, 284, 292, 293, 317, 318, 319, 320, kTiffTileWidth, kTiffTileHeight, 324,
    325, 332, 338, kTiffSampleFormat, 347, 529, 530, 531, 532};

struct Compression {
  uint32_t code;
  const char* name;
  bool is_read;
  uint64_t buffer_bytes = 0;  // that decoding takes beside strips and tiles
};

// Of those that are not read, LZMA may ask for gigabytes, and old-style JPEG is a second reader of
// JPEG files; the others are rare.
constexpr Compression kCompressions[] = {
    {1, "none", true},
    {2, "CCITT", true},
    {3, "CCITT Group 3", true},
    {4, "CCITT Group 4", true},
    {5, "LZW", true},
    {6, "old-style JPEG", false},
    {7, "JPEG", true, 32 << 20},
    {8, "deflate", true},
    {32773, "PackBits", true},
    {32946, "deflate", true},
    {34925, "LZMA", false},
    {50000, "Zstandard", true, 128 << 20},  // its largest window, ZSTD_WINDOWLOG_LIMIT_DEFAULT
    {50001, "WebP", false},
};

// Bytes of one value of each type from 1 (BYTE) to 12 (DOUBLE).
constexpr std::array<uint64_t, 13> kTypeBytes = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};

[[noreturn]] void damaged_tiff(const std::string& why) {
  throw PictureError(FaultKind::damaged, "damaged TIFF (" + why + ")");
}

bool is_decoded(uint32_t tag) {
  return std::binary_search(kDecoded.begin(), kDecoded.end(), tag);
}

// A tag's one number. Of the bits and the format of samples, which stand once a channel, the first.
int64_t tiff_number(const Bytes& bytes, uint32_t tag, uint32_t value, uint64_t entry) {
  const uint32_t type = bytes.u16(entry + 2), count = bytes.u32(entry + 4);
  if ((tag == kTiffBits || tag == kTiffSampleFormat) && type == 3)
    return count <= 2 ? value : bytes.u16(bytes.u32(entry + 8));
  if ((type == 3 || type == 4) && count == 1) return value;
  damaged_tiff("its size is not one number");
}

const Compression& require_read_compression(uint32_t code) {
  const auto* known =
      std::find_if(std::begin(kCompressions), std::end(kCompressions),
                   [&](const Compression& compression) { return compression.code == code; });
  if (known != std::end(kCompressions) && known->is_read) return *known;
  throw PictureError(FaultKind::damaged,
                     "a TIFF with " +
                         (known == std::end(kCompressions)
                              ? "the compression " + std::to_string(code)
                              : std::string(known->name) + " compression") +
                         ", which is not read; save it with LZW or deflate");
}

std::string tiff_integer(uint64_t value, int length, bool big_endian) {
  std::string text(static_cast<size_t>(length), '\0');
  for (int i = 0; i < length; ++i) {
    const int byte = big_endian ? length - 1 - i : i;
    text[static_cast<size_t>(i)] = static_cast<char>(value >> 8 * byte & 0xFF);
  }
  return text;
}

}  // namespace

HeaderFacts tiff_facts(std::string_view file) {
  const Bytes bytes(file, /*big_endian=*/file.starts_with('M'));
  std::map<uint32_t, int64_t> numbers = {
      {kTiffWidth, -1},     {kTiffHeight, -1},     {kTiffBits, -1},     {kTiffCompression, -1},
      {kTiffSamples, -1},   {kTiffStripRows, -1},  {kTiffTileWidth, -1}, {kTiffTileHeight, -1},
      {kTiffSampleFormat, -1}};
  each_tiff_entry(file, [&](uint32_t tag, uint32_t value, uint64_t entry) {
    const auto number = numbers.find(tag);
    if (number == numbers.end()) return;
    if (number->second >= 0) damaged_tiff("its size stands twice");
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
  const Compression& compression =
      require_read_compression(static_cast<uint32_t>(number_or(kTiffCompression, 1)));
  return {size, static_cast<uint64_t>(tile.width) * static_cast<uint64_t>(tile.height) *
                        static_cast<uint64_t>(pixel_bytes) +
                    compression.buffer_bytes};
}

Colours tiff_colours(std::string_view file) {
  uint32_t samples = 1, meaning = 2;  // 0, 1: grey; 2: RGB; 3: palette; 5: CMYK
  each_tiff_entry(file, [&](uint32_t tag, uint32_t value, uint64_t) {
    if (tag == kTiffMeaning) meaning = value;
    if (tag == kTiffSamples) samples = value;
  });
  if (meaning == 5) return Colours::cmyk;
  if (meaning <= 1) return samples > 1 ? Colours::alpha : Colours::grey;
  return meaning == 2 && samples > 3 ? Colours::alpha : Colours::rgb;
}

std::string minimal_tiff(std::string_view file) {
  const bool big_endian = file.starts_with('M');
  const Bytes bytes(file, big_endian);
  const size_t at = bytes.u32(4);
  if (at < 8) damaged_tiff("its directory lies in its header");
  std::map<uint32_t, std::string_view> entries;
  each_tiff_entry(file, [&](uint32_t tag, uint32_t, uint64_t entry) {
    if (!is_decoded(tag)) return;
    const uint32_t type = bytes.u16(entry + 2);
    if (type == 0 || type >= kTypeBytes.size()) damaged_tiff("a number of an unknown type");
    const uint64_t size = kTypeBytes[type] * bytes.u32(entry + 4);
    if (size > 4 && bytes.u32(entry + 8) + size > file.size()) {
      damaged_tiff("its directory names bytes behind the end of the file");
    }
    if (!entries.emplace(tag, file.substr(entry, 12)).second) damaged_tiff("a tag stands twice");
  });
  // In the place of the old directory, which is no shorter: the end of the file stays the end, and
  // pixels that are missing there are missed.
  std::string directory = tiff_integer(entries.size(), 2, big_endian);
  for (const auto& [tag, entry] : entries) directory += entry;
  directory += std::string(4, '\0');  // no further directory
  std::string minimal(file);
  const size_t length = std::min(directory.size(), minimal.size() - at);
  minimal.replace(at, length, directory, 0, length);
  return minimal;
}

}  // namespace catdog
