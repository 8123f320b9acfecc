// SPDX-License-Identifier: Apache-2.0
// pooled_gradient_loops.hpp for processors with AVX2 and FMA.
#include <immintrin.h>

#include "pooled_gradient_loops.hpp"

namespace catdog::pooled_gradient {
namespace {

struct Avx2 {
  using Number = float;
  using Gradient = float;
  using Vector = __m256;
  using Factor = __m256;
  static constexpr int kLanes = 8, kBlock = 8, kVectors = 1;
  static constexpr int kRegisters = 12;  // of 16: the rest hold factors and numbers on their way

  static Vector zero() { return _mm256_setzero_ps(); }
  static Vector load(const float* from) { return _mm256_loadu_ps(from); }
  static void store(float* to, Vector vector) { _mm256_storeu_ps(to, vector); }
  static Vector add(Vector a, Vector b) { return _mm256_add_ps(a, b); }

  static float value(float gradient) { return gradient; }
  static Factor factor(float gradient) { return _mm256_set1_ps(gradient); }
  template <int kCount>
  static void add_products(Vector* sum, const float* numbers, Factor factor) {
    if constexpr (kCount == kBlock) {
      *sum = _mm256_fmadd_ps(factor, load(numbers), *sum);
    } else {
      const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
      const __m256i present = _mm256_cmpgt_epi32(_mm256_set1_epi32(kCount), lane);
      *sum = _mm256_fmadd_ps(factor, _mm256_maskload_ps(numbers, present), *sum);
    }
  }
  static void round(const float* sums, float* numbers) { store(numbers, load(sums)); }
  static int place(int number) { return number; }

  static uint64_t live(const float* gradients, int filters) {
    uint64_t bits = 0;
    for (int i = 0; i < filters; i += kLanes) {
      const __m256 is_live = _mm256_cmp_ps(load(gradients + i), zero(), _CMP_NEQ_UQ);
      bits |= static_cast<uint64_t>(_mm256_movemask_ps(is_live)) << i;
    }
    return bits;
  }
  static uint64_t equal(const int8_t* which, int place, int filters) {
    uint64_t bits = 0;
    for (int i = 0; i < filters; i += 16) {
      const __m128i is_equal =
          _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(which + i)),
                         _mm_set1_epi8(static_cast<char>(place)));
      bits |= static_cast<uint64_t>(_mm_movemask_epi8(is_equal)) << i;
    }
    return bits;
  }
};

}  // namespace

const Kernels<float, float> kAvx2 = kChannelKernels<Avx2>;
const Kernels<float, float> kAvx2Colours = kColourKernels<Avx2>;

}  // namespace catdog::pooled_gradient
