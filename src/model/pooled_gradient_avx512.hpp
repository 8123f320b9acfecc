// SPDX-License-Identifier: Apache-2.0
// What both kinds of processors with AVX-512 share for pooled_gradient_loops.hpp.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace catdog::pooled_gradient {
namespace {

struct Avx512 {
  using Vector = __m512;
  static constexpr int kLanes = 16;
  static constexpr int kRegisters = 24;  // of 32: the rest hold factors and numbers on their way

  static Vector zero() { return _mm512_setzero_ps(); }
  static Vector load(const float* from) { return _mm512_loadu_ps(from); }
  static void store(float* to, Vector vector) { _mm512_storeu_ps(to, vector); }
  static Vector add(Vector a, Vector b) { return _mm512_add_ps(a, b); }

  static uint64_t equal(const int8_t* which, int place, int filters) {
    const __mmask64 present = ~uint64_t{0} >> (64 - filters);
    return _mm512_mask_cmpeq_epi8_mask(present, _mm512_maskz_loadu_epi8(present, which),
                                       _mm512_set1_epi8(static_cast<char>(place)));
  }
};

// Gradients as floats and as bf16.
struct FloatGradient {
  using Gradient = float;

  static float value(float gradient) { return gradient; }

  static uint64_t live(const float* gradients, int filters) {
    uint64_t bits = 0;
    for (int i = 0; i < filters; i += Avx512::kLanes) {
      const __mmask16 is_live =
          _mm512_cmp_ps_mask(_mm512_loadu_ps(gradients + i), _mm512_setzero_ps(), _CMP_NEQ_UQ);
      bits |= uint64_t{is_live} << i;
    }
    return bits;
  }
};

struct Bf16Gradient {
  using Gradient = uint16_t;

  static float value(uint16_t gradient) {
    return __builtin_bit_cast(float, uint32_t{gradient} << 16);
  }

  static uint64_t live(const uint16_t* gradients, int filters) {
    const __m512i magnitude = _mm512_set1_epi16(0x7fff);
    uint64_t bits = 0;
    for (int i = 0; i < filters; i += 32) {
      const __mmask32 present = filters - i < 32 ? 0xffff : ~0U;
      bits |= uint64_t{_mm512_test_epi16_mask(_mm512_maskz_loadu_epi16(present, gradients + i),
                                              magnitude)}
              << i;
    }
    return bits;
  }
};

// Numbers as floats.
template <class GradientType>
struct Avx512Float : Avx512, GradientType {
  using Number = float;
  using Factor = __m512;
  static constexpr int kBlock = 16, kVectors = 1;

  static Factor factor(typename GradientType::Gradient gradient) {
    return _mm512_set1_ps(GradientType::value(gradient));
  }
  template <int kCount>
  static void add_products(Vector* sum, const float* numbers, Factor factor) {
    constexpr auto kPresent = static_cast<__mmask16>((1 << kCount) - 1);
    *sum = _mm512_fmadd_ps(factor, _mm512_maskz_loadu_ps(kPresent, numbers), *sum);
  }
  static void round(const float* sums, float* numbers) { store(numbers, load(sums)); }
  static int place(int number) { return number; }
};

}  // namespace
}  // namespace catdog::pooled_gradient
