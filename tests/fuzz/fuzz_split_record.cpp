// SPDX-License-Identifier: Apache-2.0
// Whatever bytes come as split.json: hashes, or a DataError.
#include <cstdint>
#include <string_view>

#include "catdog/core/error.hpp"
#include "split_record.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    catdog::hashes_in_record({reinterpret_cast<const char*>(data), size}, "split.json");
  } catch (const catdog::DataError&) {
  }
  return 0;
}
