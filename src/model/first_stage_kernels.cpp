// SPDX-License-Identifier: Apache-2.0
// One vector holds one number of each of 16 filters. vdpbf16ps multiplies pairs of bf16 and adds
// both products to a float; what the pairs are is each pass's own choice.
#include "first_stage_kernels.hpp"

#include <immintrin.h>

namespace catdog::first_stage {
namespace {

template <int kValue>
struct Constant {
  constexpr operator int() const { return kValue; }
};

// body(0), body(1), … body(kCount - 1), written out: the indices are constants, so that arrays of
// vectors become registers.
template <int kCount, class Body>
inline __attribute__((always_inline)) void unroll(const Body& body) {
  if constexpr (kCount > 0) {
    unroll<kCount - 1>(body);
    body(Constant<kCount - 1>());
  }
}

// sum += the products of `numbers` with the one pair at `row` + kBytes, in every lane. In
// assembler: compilers give each repeated pair and each address a register of its own, and run out
// of them.
template <int kBytes>
inline __attribute__((always_inline)) void add_products(__m512& sum, __m512bh numbers,
                                                        const void* row) {
  struct Row {
    char bytes[64];  // as far as any pass reaches
  };
  static_assert(kBytes + sizeof(uint32_t) <= sizeof(Row));
  asm("vdpbf16ps %c3(%2)%{1to16%}, %1, %0"
      : "+v"(sum)
      : "v"(numbers), "r"(row), "i"(kBytes), "m"(*static_cast<const Row*>(row)));
}

// The convolution at the four places of each of kWindows windows side by side.
template <int kWindows>
inline __attribute__((always_inline)) void convolve(const uint16_t* input, int64_t pitch,
                                                    const __m512bh* weights, __m512 bias,
                                                    __m512* sums) {
  const uint16_t* const rows[4] = {input, input + pitch, input + 2 * pitch, input + 3 * pitch};
  unroll<4 * kWindows>([&](auto i) __attribute__((always_inline)) { sums[i] = bias; });
  unroll<kPairs>([&](auto pair) __attribute__((always_inline)) {
    unroll<4 * kWindows>([&](auto i) __attribute__((always_inline)) {
      constexpr int kColumn = i / 4 * 2 + i % 2;
      constexpr int kNumber = kColumn * kColours + pair % kRowPairs * 2;
      add_products<kNumber * sizeof(uint16_t)>(sums[i], weights[pair],
                                               rows[i % 4 / 2 + pair / kRowPairs]);
    });
  });
}

// ReLU and maximum of the four, the first of equals; a NaN stays one.
inline __attribute__((always_inline)) void pool(const __m512* places, uint16_t* out,
                                                int8_t* which) {
  __m512 best = _mm512_setzero_ps();
  __m512i winner = _mm512_set1_epi32(kNone);
  unroll<4>([&](auto place) __attribute__((always_inline)) {
    const __m512 value = places[place];
    const __mmask16 wins = _mm512_cmp_ps_mask(value, best, _CMP_GT_OQ) |
                           _mm512_cmp_ps_mask(value, value, _CMP_UNORD_Q);
    best = _mm512_mask_mov_ps(best, wins, value);
    winner = _mm512_mask_mov_epi32(winner, wins, _mm512_set1_epi32(place));
  });
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out),
                      reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(best)));
  if (which != nullptr) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(which), _mm512_cvtepi32_epi8(winner));
  }
}

}  // namespace

void forward_row(const uint16_t* input, int64_t pitch, const uint32_t* weights, const float* bias,
                 int64_t windows, int64_t filters, uint16_t* out, int8_t* which) {
  __m512bh kernel[kPairs];
  unroll<kPairs>([&](auto i) __attribute__((always_inline)) {
    kernel[i] = reinterpret_cast<__m512bh>(_mm512_loadu_si512(weights + i * kLanes));
  });
  const __m512 start = _mm512_loadu_ps(bias);
  // Two at a time: eight sums hide the time that a multiplication takes.
  while (windows >= 2) {
    __m512 sums[8];
    convolve<2>(input, pitch, kernel, start, sums);
    pool(sums, out, which);
    pool(sums + 4, out + filters, which == nullptr ? nullptr : which + filters);
    input += 2 * 2 * kColours;
    out += 2 * filters;
    if (which != nullptr) which += 2 * filters;
    windows -= 2;
  }
  if (windows == 1) {
    __m512 sums[4];
    convolve<1>(input, pitch, kernel, start, sums);
    pool(sums, out, which);
  }
}

}  // namespace catdog::first_stage
