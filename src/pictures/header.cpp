// SPDX-License-Identifier: Apache-2.0
#include "header.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string>

#include "catdog/pictures/decode.hpp"
#include "header_bytes.hpp"
#include "tiff.hpp"
#include "webp.hpp"

namespace catdog {
namespace {

// The sizes below are read where and as OpenCV's decoders read them, or the file is refused: were
// another number taken here, a small file could make them take gigabytes.

Size png_size(std::string_view file) {
  const Bytes bytes(file, /*big_endian=*/true);
  if (file.substr(std::min<size_t>(12, file.size()), 4) != "IHDR") {
    throw PictureError(FaultKind::damaged, "damaged PNG (its first chunk is not its header)");
  }
  return require_sane_size(bytes.u32(16), bytes.u32(20));
}

// The chunks that pixels are made of: no text, profile, time or further frames.
std::string minimal_png(std::string_view file) {
  const Bytes bytes(file, /*big_endian=*/true);
  std::string minimal(file.substr(0, 8));
  minimal.reserve(file.size());
  // Chunks are length, type, data, checksum: the last is IEND, and all must lie in the file.
  for (uint64_t at = 8, size = 0;; at += size) {
    if (at + 12 > file.size() || (size = 12 + uint64_t{bytes.u32(at)}) > file.size() - at) {
      throw PictureError(FaultKind::damaged, "truncated PNG (it has no end chunk)");
    }
    const std::string_view type = file.substr(at + 4, 4);
    const bool is_critical = (type[0] & 0x20) == 0;  // PNG specification, 5.4
    if (type == "IHDR" || type == "PLTE" || type == "tRNS" || type == "IDAT" || type == "IEND") {
      minimal += file.substr(at, size);
    } else if (is_critical) {
      throw PictureError(FaultKind::damaged, "damaged PNG (it needs a chunk of unknown type)");
    }
    if (type == "IEND") return minimal;
  }
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

Colours png_colours(std::string_view file) {
  switch (Bytes(file, /*big_endian=*/true).u8(25)) {  // colour type
    case 0: return Colours::grey;
    case 4:
    case 6: return Colours::alpha;
    default: return Colours::rgb;
  }
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
    case FileKind::jpeg:
    case FileKind::webp: break;
    case FileKind::png: return {png_size(bytes)};
    case FileKind::bmp: return {bmp_size(bytes)};
    case FileKind::ppm: return {ppm_size(bytes)};
    case FileKind::tiff: return tiff_facts(bytes);
  }
  throw std::logic_error("facts_in_header: libjpeg and libwebp read the headers of their files");
}

std::string minimal_file(FileKind kind, std::string_view bytes) {
  switch (kind) {
    case FileKind::png: return minimal_png(bytes);
    case FileKind::tiff: return minimal_tiff(bytes);
    default: return "";
  }
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
