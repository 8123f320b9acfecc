// SPDX-License-Identifier: Apache-2.0
// Safe reading of pictures: nothing is decoded before its size, kind and dimensions are known to
// be sane, and damage that image libraries pass over in silence is an error.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "catdog/core/error.hpp"
#include "catdog/pictures/picture.hpp"
#include "catdog/pictures/resize.hpp"

namespace catdog {

// Larger files or pictures are refused before they are decoded.
inline constexpr uint64_t kMaxFileBytes = 256ull << 20;
inline constexpr int64_t kMaxPixels = 400'000'000;

// Megabytes of memory that decoding one image may take beside its file and the result: the
// coefficients of a progressive JPEG, a TIFF's tile, and the whole image where it cannot be read
// row by row. Larger images are decoded one at a time, so that this bounds all threads together.
struct DecodeLimits {
  static constexpr int kLeastMb = 64, kMostMb = 1 << 20;
  int mb = 1024;
};

enum class FaultKind {
  unreadable,   // missing, no regular file, no permission, too many bytes
  no_picture,   // empty, or of no kind that is read here
  absurd_size,  // no pixels, more than kMaxPixels, or more memory to decode than DecodeLimits
  damaged,      // truncated, damaged, or a variant of its kind that cannot be decoded
};

// Why one file is no use as a picture. Every reader below throws it, and nothing else.
struct PictureError : DataError {
  // Without the file's name, which only the readers below know.
  PictureError(FaultKind fault_kind, const std::string& what_is_wrong)
      : DataError(what_is_wrong), kind(fault_kind), fault(what_is_wrong) {}
  PictureError(const std::filesystem::path& path, const PictureError& error);

  FaultKind kind;
  std::string fault;  // without the file's name
};

// True for the name endings that count as pictures in a folder, in any case:
// .jpg .jpeg .jpe .jfif .jif .pjpeg .pjp .png .bmp .dib .ppm .pgm .pbm .pnm .tif .tiff .webp
bool has_picture_extension(const std::filesystem::path& path);

// Decodes a JPEG, PNG, BMP, PPM, TIFF or WebP file (told by content, not by name) into an RGB
// picture; grey, palette, CMYK, alpha and 16-bit files are converted, EXIF rotation is not applied
// (as in Keras of 2017), nor that of a TIFF's own tag. Throws PictureError, naming `path` and the fault, for a file that is
// missing, empty, no picture, too large, truncated or damaged. Safe to call from several threads.
Picture decode_picture(const std::filesystem::path& path, DecodeLimits limits = {});

// The same for a file's bytes in memory; `path` is for messages only.
Picture decode_picture(std::string_view bytes, const std::filesystem::path& path,
                       DecodeLimits limits = {});

// The same, shrunk to have no side above `longest_px`. Of a large JPEG only a half, a quarter or an
// eighth of the pixels each way is computed, and no more than that is kept in memory.
Picture decode_shrunk(const std::filesystem::path& path, int longest_px, DecodeLimits limits = {});

// The bytes of a picture's file. Throws PictureError, naming `path`, if it cannot be read or has
// more than kMaxFileBytes.
std::string read_picture_file(const std::filesystem::path& path);

// To the bit resize_picture(decode_picture(bytes, path), size, resampling), and the same errors,
// but quicker, and without the memory for the whole image, for a JPEG and Resampling::nearest.
Picture decode_resized(std::string_view bytes, const std::filesystem::path& path, Size size,
                       Resampling resampling, DecodeLimits limits = {});

// Changes with what decode_resized's pixels depend on, as far as the program knows it: its own
// code, and the libraries that it was built with. What was kept of another version is not used.
std::string decoder_version();

// Finds the faults that decode_resized would find, as quickly as the format allows (JPEG at an
// eighth of its size). Returns the size of the whole picture. Throws PictureError.
Size check_picture(std::string_view bytes, const std::filesystem::path& path,
                   DecodeLimits limits = {}, Resampling resampling = Resampling::nearest);

// How a file keeps its colours, where that is another way than three channels.
enum class Colours { rgb, grey, cmyk, alpha };

struct PictureFacts {
  const char* format = "";  // "JPEG", "PNG", …
  bool ending_fits = true;  // the name ends as names of that format do
  Size size{};
  Colours colours = Colours::rgb;
  bool turned = false;  // EXIF says that it is shown in another orientation
  Picture small;        // reduced: of a JPEG no side to below 64 px, of others to 1024 at most
};

// Finds the same faults, and what else can be said of a picture. Throws PictureError.
PictureFacts inspect_picture(std::string_view bytes, const std::filesystem::path& path,
                             DecodeLimits limits = {});

}  // namespace catdog
