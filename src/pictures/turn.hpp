// SPDX-License-Identifier: Apache-2.0
// Bounds the memory of decoding. An image that needs more than DecodeLimits is refused; images that
// take much are decoded one at a time, or a few files would take that memory once a core.
#pragma once

#include <malloc.h>

#include <cstdint>
#include <mutex>
#include <string>

#include "catdog/pictures/decode.hpp"

namespace catdog {

// Of an image with three channels of 8 bits.
inline uint64_t rgb_bytes(Size size) {
  return uint64_t{3} * static_cast<unsigned>(size.height) * static_cast<unsigned>(size.width);
}

class Turn {
 public:
  explicit Turn(DecodeLimits limits) : limits_(limits) {}
  // The memory must go back to the system: each thread's heap would keep its own share of it.
  ~Turn() {
    if (lock_) ::malloc_trim(0);
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  // Throws PictureError if decoding may not take so many bytes beside its result.
  void require_allowed(uint64_t bytes) const {
    const uint64_t megabytes = (bytes + (1 << 20) - 1) >> 20;
    if (megabytes <= static_cast<uint64_t>(limits_.mb)) return;
    std::string fault = "needs " + std::to_string(megabytes) +
                        " MB to decode, data.decode_mb allows " + std::to_string(limits_.mb);
    if (megabytes <= DecodeLimits::kMostMb) fault += ": --decode-mb " + std::to_string(megabytes);
    throw PictureError(FaultKind::absurd_size, fault);
  }

  // To be called once, before so many bytes are taken and then `result_bytes` for the result, which
  // count for the turn but not for the limit. Waits where they are many and another image has the
  // turn, which ends with this object. Throws as require_allowed.
  void take_for(uint64_t bytes, uint64_t result_bytes = 0) {
    constexpr uint64_t kMany = 32 << 20;
    static std::mutex mutex;
    require_allowed(bytes);
    if (bytes + result_bytes > kMany) lock_ = std::unique_lock(mutex);
  }

 private:
  const DecodeLimits limits_;
  std::unique_lock<std::mutex> lock_;
};

}  // namespace catdog
