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

// pairs[i] = (row[i], row[i + 3]): a colour in two neighbouring columns.
void pair_columns(const uint16_t* row, int64_t count, uint32_t* pairs) {
  for (int64_t i = 0; i < count; ++i) {
    pairs[i] = uint32_t{row[i]} | uint32_t{row[i + kColours]} << 16;
  }
}

}  // namespace

bool available() {
#ifdef CATDOG_FIRST_STAGE_KERNELS
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

void backward(const Shape& shape, const uint16_t* input, const uint16_t* gradient,
              const int8_t* which, float* weight_gradient, float* bias_gradient) {
  const int64_t filters = shape.filters, groups = filters / kLanes;
  const int64_t numbers = shape.width * kColours, pitch = numbers - kColours;
  const int64_t windows = shape.out_height() * shape.out_width();
  // Each picture's own sums, added up in the pictures' order afterwards.
  std::vector<float> taps(shape.pictures * groups * kTaps * kLanes);
  std::vector<float> biases(shape.pictures * filters);
  at::parallel_for(0, shape.pictures, /*grain_size=*/1, [&](int64_t begin, int64_t end) {
    std::vector<uint32_t> pairs(shape.height * pitch);
    for (int64_t picture = begin; picture < end; ++picture) {
      for (int64_t y = 0; y < shape.height; ++y) {
        pair_columns(input + (picture * shape.height + y) * numbers, pitch, &pairs[y * pitch]);
      }
      for (int64_t group = 0; group < groups; ++group) {
        const int64_t place = picture * windows * filters + group * kLanes;
        backward_picture(pairs.data(), pitch, gradient + place, which + place, shape.out_height(),
                         shape.out_width(), filters,
                         &taps[(picture * groups + group) * kTaps * kLanes],
                         &biases[picture * filters + group * kLanes]);
      }
    }
  });
  std::fill_n(weight_gradient, filters * kTaps, 0.0f);
  std::fill_n(bias_gradient, filters, 0.0f);
  for (int64_t picture = 0; picture < shape.pictures; ++picture) {
    for (int64_t filter = 0; filter < filters; ++filter) {
      const float* sums = &taps[(picture * groups + filter / kLanes) * kTaps * kLanes];
      for (int64_t tap = 0; tap < kTaps; ++tap) {
        weight_gradient[filter * kTaps + tap] += sums[tap * kLanes + filter % kLanes];
      }
      bias_gradient[filter] += biases[picture * filters + filter];
    }
  }
}

}  // namespace catdog::first_stage
