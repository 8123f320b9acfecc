// SPDX-License-Identifier: Apache-2.0
// Whatever bytes come as a picture's file: each reader gives a picture or a PictureError, and all
// of them the same.
#include <cstdint>
#include <cstdlib>
#include <opencv2/core/utils/logger.hpp>
#include <string>
#include <string_view>

#include "catdog/pictures/decode.hpp"
#include "catdog/pictures/fingerprint.hpp"

namespace {

using namespace catdog;

template <typename Read>
std::string fault_of(Read read) {
  try {
    read();
    return "";
  } catch (const PictureError& error) {
    return error.what();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  constexpr DecodeLimits kLimits = {.mb = 320};  // so that libFuzzer's time and memory suffice
  Size header{}, inspected{}, decoded{};
  std::string fault =
      fault_of([&] { header = check_picture(bytes, "file.jpg", kLimits, Resampling::nearest); });
  const auto same = [&](auto read) {
    if (fault_of(read) != fault) std::abort();
  };
  same([&] {
    const PictureFacts facts = inspect_picture(bytes, "file.jpg", kLimits);
    inspected = facts.size;
    fingerprint(facts.small);
  });
  same([&] { decode_resized(bytes, "file.jpg", {9, 8}, Resampling::nearest, kLimits); });
  if (header != inspected) std::abort();
  // The whole image takes more memory, which may be too much.
  fault = fault_of([&] { check_picture(bytes, "file.jpg", kLimits, Resampling::area); });
  same([&] {
    const Picture picture = decode_picture(bytes, "file.jpg", kLimits);
    decoded = {picture.rows, picture.cols};
  });
  if (fault.empty() && header != decoded) std::abort();
  return 0;
}
