// SPDX-License-Identifier: Apache-2.0
// Pictures that take much memory to decode are decoded one at a time, or a few files would take
// that memory once a core.
#pragma once

#include <malloc.h>

#include <cstdint>
#include <mutex>

namespace catdog {

class Turn {
 public:
  Turn() = default;
  // The memory must go back to the system: each thread's heap would keep its own share of it.
  ~Turn() {
    if (lock_) ::malloc_trim(0);
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  // To be called once, before so many bytes are taken; waits where they are many and another
  // picture has the turn. It ends with this object.
  void take_for(uint64_t bytes) {
    constexpr uint64_t kMany = 32 << 20;
    static std::mutex mutex;
    if (bytes > kMany) lock_ = std::unique_lock(mutex);
  }

 private:
  std::unique_lock<std::mutex> lock_;
};

}  // namespace catdog
