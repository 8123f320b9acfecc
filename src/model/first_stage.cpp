// SPDX-License-Identifier: Apache-2.0
#include "first_stage.hpp"

#include <ATen/Parallel.h>
#include <c10/util/BFloat16.h>

#include <algorithm>
#include <vector>

#include "catdog/model/precision.hpp"
#include "first_stage_kernels.hpp"

namespace catdog::first_stage {
namespace {

uint16_t to_bf16(float value) { return c10::BFloat16(value).x; }

// The weights of 16 filters as (kPairs, kLanes) pairs: in a row of the kernel its nine numbers lie
// side by side, as they do in a row of the input.
std::vector<uint32_t> pack_weights(const float* weight) {
  std::vector<uint32_t> packed(kPairs * kLanes);
  for (int lane = 0; lane < kLanes; ++lane) {
    for (int row = 0; row < kSide; ++row) {
      const float* taps = weight + lane * kTaps + row * kRowTaps;
      for (int pair = 0; pair < kRowPairs; ++pair) {
        const uint32_t low = to_bf16(taps[2 * pair]);
        const uint32_t high = 2 * pair + 1 < kRowTaps ? to_bf16(taps[2 * pair + 1]) : 0;
        packed[(row * kRowPairs + pair) * kLanes + lane] = high << 16 | low;
      }
    }
  }
  return packed;
}

}  // namespace

bool available() {
#ifdef CATDOG_VECTOR_KERNELS
  return cpu_multiplies_bf16_vectors();
#else
  return false;
#endif
}

void forward(const Shape& shape, const uint16_t* input, const float* weight, const float* bias,
             uint16_t* out, int8_t* which) {
  const int64_t rows = shape.out_height(), windows = shape.out_width(), filters = shape.filters;
  const int64_t pitch = shape.width * kColours;
  for (int64_t filter = 0; filter < filters; filter += kLanes) {
    const std::vector<uint32_t> packed = pack_weights(weight + filter * kTaps);
    at::parallel_for(0, shape.pictures * rows, /*grain_size=*/1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const int64_t top = i / rows * shape.height + i % rows * 2;  // row of the input
        const int64_t place = i * windows * filters + filter;
        forward_row(input + top * pitch, pitch, packed.data(), bias + filter, windows, filters,
                    out + place, which == nullptr ? nullptr : which + place);
      }
    });
  }
}

}  // namespace catdog::first_stage
