// SPDX-License-Identifier: Apache-2.0
// The inner loops of first_stage.cpp, for 16 filters at a time. Compiled for AVX-512-BF16, called
// only where the processor has it: nothing else may be included here, or a function that both
// compile could run on another processor.
#pragma once

#include <cstdint>

namespace catdog::first_stage {

constexpr int kLanes = 16;                     // filters at a time
constexpr int kColours = 3;                    // of the input
constexpr int kSide = 3;                       // of the kernel
constexpr int kRowTaps = kSide * kColours;     // nine numbers in a kernel's row, side by side
constexpr int kRowPairs = (kRowTaps + 1) / 2;  // the tenth has weight 0
constexpr int kTaps = kSide * kRowTaps;
constexpr int kPairs = kSide * kRowPairs;
constexpr int8_t kNone = 4;  // of a window's four numbers, none is above 0

// One row of windows. input: its first row, rows `pitch` numbers apart; weights: (kPairs, kLanes)
// pairs; bias: (kLanes); out, which: (windows, kLanes), windows `filters` apart; which may be null.
void forward_row(const uint16_t* input, int64_t pitch, const uint32_t* weights, const float* bias,
                 int64_t windows, int64_t filters, uint16_t* out, int8_t* which);

}  // namespace catdog::first_stage
