// SPDX-License-Identifier: Apache-2.0
#include "webp.hpp"

#include <webp/decode.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "header.hpp"
#include "header_bytes.hpp"

namespace catdog {
namespace {

const uint8_t* data_of(std::string_view bytes) {
  return reinterpret_cast<const uint8_t*>(bytes.data());
}

WebPBitstreamFeatures webp_features(std::string_view bytes) {
  if (uint64_t{Bytes(bytes, /*big_endian=*/false).u32(4)} + 8 > bytes.size()) {
    throw PictureError(FaultKind::damaged,
                       "truncated WebP (the file is shorter than its header says)");
  }
  const std::string_view chunk = bytes.substr(12, 4);
  if (chunk != "VP8 " && chunk != "VP8L" && chunk != "VP8X") {
    throw PictureError(FaultKind::damaged, "damaged WebP (its first chunk is no picture)");
  }
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(data_of(bytes), bytes.size(), &features) != VP8_STATUS_OK) {
    throw PictureError(FaultKind::damaged, "damaged WebP (its header cannot be read)");
  }
  if (features.has_animation != 0) {
    throw PictureError(FaultKind::damaged, "an animated WebP; save one of its frames");
  }
  return features;
}

// What libwebp takes beside the RGB image. Lossless: 4 bytes a pixel, and the tables of each group
// of Huffman codes (VP8LDecoder in src/dec/vp8l_dec.c): a group covers 4×4 pixels at least, takes
// 5 codes of 4 bits in the file, and fills 5 tables of 256 entries of 4 bytes. Lossy: a few rows,
// and with alpha, which is coded as a lossless image, up to 5 bytes a pixel for that.
uint64_t webp_buffer_bytes(const WebPBitstreamFeatures& features, uint64_t file_bytes) {
  constexpr int kLossless = 2;
  constexpr uint64_t kMostGroups = 1 << 16, kGroupBytes = 6 * 1024, kGroupBits = 20;
  const uint64_t pixels =
      static_cast<uint64_t>(features.width) * static_cast<uint64_t>(features.height);
  const uint64_t groups = std::min({kMostGroups, pixels / 16, file_bytes * 8 / kGroupBits});
  if (features.format == kLossless) return 4 * pixels + groups * kGroupBytes;
  return features.has_alpha != 0 ? 5 * pixels + groups * kGroupBytes : 0;
}

}  // namespace

Picture decode_webp(std::string_view bytes, Turn& turn) {
  const WebPBitstreamFeatures features = webp_features(bytes);
  const Size size = require_sane_size(features.width, features.height);
  turn.take_for(webp_buffer_bytes(features, bytes.size()) + rgb_bytes(size));
  Picture picture(size.height, size.width, CV_8UC3);
  if (WebPDecodeRGBInto(data_of(bytes), bytes.size(), picture.data,
                        picture.step * static_cast<size_t>(picture.rows),
                        static_cast<int>(picture.step)) == nullptr) {
    throw PictureError(FaultKind::damaged, "truncated, damaged or unsupported WebP");
  }
  return picture;
}

Colours webp_colours(std::string_view bytes) {
  return webp_features(bytes).has_alpha != 0 ? Colours::alpha : Colours::rgb;
}

std::string webp_version() {
  const int version = WebPGetDecoderVersion();  // a byte each
  return "libwebp " + std::to_string(version >> 16 & 0xFF) + "." +
         std::to_string(version >> 8 & 0xFF) + "." + std::to_string(version & 0xFF);
}

}  // namespace catdog
