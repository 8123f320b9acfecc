// SPDX-License-Identifier: Apache-2.0
#include "catdog/pictures/decode.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core/utility.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <string>
#include <utility>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/mutable_stderr.hpp"
#include "catdog/core/text.hpp"
#include "header.hpp"
#include "jpeg.hpp"
#include "orientation.hpp"
#include "webp.hpp"

namespace catdog {
namespace {

// Swaps red and blue in place: a second copy of a large picture would double the memory.
void swap_red_and_blue(Picture& picture) {
  for (int row = 0; row < picture.rows; ++row) {
    uint8_t* pixel = picture.ptr(row);
    for (int column = 0; column < picture.cols; ++column, pixel += 3) std::swap(pixel[0], pixel[2]);
  }
}

// The formats that OpenCV decodes well. It chooses a decoder by the file's first bytes, of which it
// has more than are wanted here (GDAL, DICOM and others, some by bytes further in): these four are
// told by the same first bytes here and there, and its decoders of them come before all others that
// could match. So bytes that pass kind_of reach no other decoder.
Picture decode_by_opencv(FileKind kind, std::string_view bytes, Turn& turn) {
  const auto [size, buffer_bytes] = facts_in_header(kind, bytes);
  const std::string minimal = minimal_file(kind, bytes);
  turn.take_for(buffer_bytes + minimal.size() + rgb_bytes(size));
  if (!minimal.empty()) bytes = minimal;
  // imdecode wants a cv::Mat, which has no const form; it only reads.
  const cv::Mat input(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<char*>(bytes.data()));
  Picture picture;
  const MutedStderr muted;
  try {
    picture = cv::imdecode(input, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  } catch (const cv::Exception&) {
    picture.release();  // the same news as an empty picture
  }
  if (picture.type() != CV_8UC3 || picture.rows != size.height || picture.cols != size.width) {
    throw PictureError(FaultKind::damaged,
                       std::string("truncated, damaged or unsupported ") + name_of(kind));
  }
  swap_red_and_blue(picture);
  return picture;
}

Picture decode_by_kind(FileKind kind, std::string_view bytes, Turn& turn) {
  switch (kind) {
    case FileKind::jpeg: return decode_jpeg(bytes, turn);
    case FileKind::webp: return decode_webp(bytes, turn);
    default: return decode_by_opencv(kind, bytes, turn);
  }
}

// Of a large picture less, so that no more of it is kept than of a reduced JPEG.
Picture reduced(Picture picture) {
  constexpr int kEnough = 1024;  // px, of a side
  const cv::Size size(std::min(picture.cols, kEnough), std::min(picture.rows, kEnough));
  if (size == picture.size()) return picture;
  Picture small;
  cv::resize(picture, small, size, /*fx=*/0, /*fy=*/0, cv::INTER_AREA);
  return small;
}

// With no side above `longest_px`; the aspect is kept.
Picture shrunk(const Picture& picture, int longest_px) {
  const double factor = static_cast<double>(longest_px) / std::max(picture.rows, picture.cols);
  if (factor >= 1) return picture;
  const auto side = [&](int px) { return std::max(1, static_cast<int>(std::lround(px * factor))); };
  return resize_picture(picture, {side(picture.rows), side(picture.cols)}, Resampling::area);
}

// Puts the file's name before the fault.
template <typename Action>
auto naming(const fs::path& path, Action action) {
  try {
    return action();
  } catch (const PictureError& error) {
    throw PictureError(path, error);
  }
}

// What the name's ending promises.
std::optional<FileKind> kind_in_name(const fs::path& path) {
  static constexpr std::array<std::pair<const char*, FileKind>, 17> kExtensions = {
      {{".jpg", FileKind::jpeg},
       {".jpeg", FileKind::jpeg},
       {".jpe", FileKind::jpeg},
       {".jfif", FileKind::jpeg},
       {".jif", FileKind::jpeg},
       {".pjpeg", FileKind::jpeg},
       {".pjp", FileKind::jpeg},
       {".png", FileKind::png},
       {".bmp", FileKind::bmp},
       {".dib", FileKind::bmp},
       {".ppm", FileKind::ppm},
       {".pgm", FileKind::ppm},
       {".pbm", FileKind::ppm},
       {".pnm", FileKind::ppm},
       {".tif", FileKind::tiff},
       {".tiff", FileKind::tiff},
       {".webp", FileKind::webp}}};
  const std::string extension = lower_case(path.extension().native());
  for (const auto& [known, kind] : kExtensions) {
    if (extension == known) return kind;
  }
  return std::nullopt;
}

}  // namespace

PictureError::PictureError(const fs::path& path, const PictureError& error)
    : DataError(shown(path) + ": " + error.fault), kind(error.kind), fault(error.fault) {}

bool has_picture_extension(const fs::path& path) { return kind_in_name(path).has_value(); }

std::string read_picture_file(const fs::path& path) {
  try {
    return read_file(path, kMaxFileBytes);
  } catch (const Error& error) {  // "cannot read FILE: fault"
    PictureError picture_error(FaultKind::unreadable, error.what());
    const std::string before = "cannot read " + shown(path) + ": ";
    if (picture_error.fault.starts_with(before)) picture_error.fault.erase(0, before.size());
    throw picture_error;
  }
}

Picture decode_picture(const fs::path& path, DecodeLimits limits) {
  return decode_picture(read_picture_file(path), path, limits);
}

Picture decode_picture(std::string_view bytes, const fs::path& path, DecodeLimits limits) {
  return naming(path, [&] {
    Turn turn(limits);
    return decode_by_kind(kind_of(bytes), bytes, turn);
  });
}

Picture decode_shrunk(const fs::path& path, int longest_px, DecodeLimits limits) {
  const std::string bytes = read_picture_file(path);
  return naming(path, [&] {
    Turn turn(limits);
    const FileKind kind = kind_of(bytes);
    return shrunk(
        kind == FileKind::jpeg
            ? decode_jpeg_reduced(bytes, /*least_shorter=*/1, longest_px, turn).picture
            : decode_by_kind(kind, bytes, turn),
        longest_px);
  });
}

Picture decode_resized(std::string_view bytes, const fs::path& path, Size size,
                       Resampling resampling, DecodeLimits limits) {
  return naming(path, [&] {
    Turn turn(limits);
    const FileKind kind = kind_of(bytes);
    if (kind == FileKind::jpeg && resampling == Resampling::nearest) {
      return decode_jpeg_nearest(bytes, size, turn);
    }
    return resize_picture(decode_by_kind(kind, bytes, turn), size, resampling);
  });
}

std::string decoder_version() {
  constexpr int kOurs = 2;  // add one where this room's code comes to give other pixels
  return "decoder " + std::to_string(kOurs) + ", " + jpeg_version() + ", " + webp_version() +
         ", OpenCV " + cv::getVersionString();
}

Size check_picture(std::string_view bytes, const fs::path& path, DecodeLimits limits,
                   Resampling resampling) {
  return naming(path, [&] {
    Turn turn(limits);
    const FileKind kind = kind_of(bytes);
    if (kind == FileKind::jpeg) {
      return check_jpeg(bytes, /*whole=*/resampling != Resampling::nearest, turn);
    }
    const Picture picture = decode_by_kind(kind, bytes, turn);
    return Size{picture.rows, picture.cols};
  });
}

PictureFacts inspect_picture(std::string_view bytes, const fs::path& path, DecodeLimits limits) {
  return naming(path, [&] {
    Turn turn(limits);
    const FileKind kind = kind_of(bytes);
    PictureFacts facts;
    facts.format = name_of(kind);
    facts.ending_fits = kind_in_name(path) == kind;
    if (kind == FileKind::jpeg) {
      ReducedJpeg reduced = decode_jpeg_reduced(bytes, 64, 64, turn);
      facts.small = std::move(reduced.picture);
      facts.size = reduced.whole;
      facts.colours = reduced.components == 1   ? Colours::grey
                      : reduced.components == 4 ? Colours::cmyk
                                                : Colours::rgb;
    } else {
      Picture picture = decode_by_kind(kind, bytes, turn);
      facts.size = {picture.rows, picture.cols};
      facts.small = reduced(std::move(picture));
      facts.colours = colours_in_header(kind, bytes);
    }
    facts.turned = is_turned(kind, bytes);
    return facts;
  });
}

}  // namespace catdog
