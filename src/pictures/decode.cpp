// SPDX-License-Identifier: Apache-2.0
#include "catdog/pictures/decode.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <opencv2/core/utility.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <utility>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "header.hpp"
#include "jpeg.hpp"

namespace catdog {
namespace {

// Swaps red and blue in place: a second copy of a large picture would double the memory.
void swap_red_and_blue(Picture& picture) {
  for (int row = 0; row < picture.rows; ++row) {
    uint8_t* pixel = picture.ptr(row);
    for (int column = 0; column < picture.cols; ++column, pixel += 3) std::swap(pixel[0], pixel[2]);
  }
}

// The formats that OpenCV decodes well; it is only ever given bytes of these.
Picture decode_by_opencv(FileKind kind, std::string_view bytes) {
  const Size size = size_in_header(kind, bytes);
  // imdecode wants a cv::Mat, which has no const form; it only reads.
  const cv::Mat input(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<char*>(bytes.data()));
  Picture picture;
  try {
    picture = cv::imdecode(input, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  } catch (const cv::Exception&) {
    picture.release();  // the same news as an empty picture
  }
  if (picture.rows != size.height || picture.cols != size.width) {
    throw DataError(std::string("truncated, damaged or unsupported ") + name_of(kind));
  }
  swap_red_and_blue(picture);
  return picture;
}

Picture decode_by_kind(FileKind kind, std::string_view bytes) {
  return kind == FileKind::jpeg ? decode_jpeg(bytes) : decode_by_opencv(kind, bytes);
}

// Puts the file's name before the fault.
template <typename Action>
auto naming(const std::filesystem::path& path, Action action) {
  try {
    return action();
  } catch (const DataError& error) {
    throw DataError(shown(path) + ": " + error.what());
  }
}

}  // namespace

bool has_picture_extension(const std::filesystem::path& path) {
  static constexpr std::array kExtensions = {".jpg", ".jpeg", ".png",  ".bmp",
                                             ".ppm", ".tif",  ".tiff", ".webp"};
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

std::string read_picture_file(const std::filesystem::path& path) {
  try {
    return read_file(path, kMaxFileBytes);
  } catch (const Error& error) {
    throw DataError(error.what());
  }
}

Picture decode_picture(const std::filesystem::path& path) {
  return decode_picture(read_picture_file(path), path);
}

Picture decode_picture(std::string_view bytes, const std::filesystem::path& path) {
  return naming(path, [&] { return decode_by_kind(kind_of(bytes), bytes); });
}

Picture decode_resized(std::string_view bytes, const std::filesystem::path& path, Size size,
                       Resampling resampling) {
  return naming(path, [&] {
    const FileKind kind = kind_of(bytes);
    if (kind == FileKind::jpeg && resampling == Resampling::nearest) {
      return decode_jpeg_nearest(bytes, size);
    }
    return resize_picture(decode_by_kind(kind, bytes), size, resampling);
  });
}

std::string decoder_version() {
  constexpr int kOurs = 1;  // add one where this room's code comes to give other pixels
  return "decoder " + std::to_string(kOurs) + ", " + jpeg_version() + ", OpenCV " +
         cv::getVersionString();
}

Size check_picture(std::string_view bytes, const std::filesystem::path& path) {
  return naming(path, [&] {
    const FileKind kind = kind_of(bytes);
    if (kind == FileKind::jpeg) return check_jpeg(bytes);
    const Picture picture = decode_by_opencv(kind, bytes);
    return Size{picture.rows, picture.cols};
  });
}

}  // namespace catdog
