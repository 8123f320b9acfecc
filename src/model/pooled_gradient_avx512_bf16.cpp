// SPDX-License-Identifier: Apache-2.0
// pooled_gradient_loops.hpp for processors with AVX-512-BF16. vdpbf16ps adds to each float of a
// vector the products of a pair of bf16. Of each pair of numbers one is multiplied by the gradient
// and the other by 0, then the other way round: so the even and the odd numbers have sums of their
// own, and nothing needs to be widened.
#include "pooled_gradient_avx512.hpp"
#include "pooled_gradient_loops.hpp"

namespace catdog::pooled_gradient {
namespace {

struct Avx512Bf16 : Avx512, Bf16Gradient {
  using Number = uint16_t;
  struct Factor {
    __m512bh even, odd;
  };
  static constexpr int kBlock = 32, kVectors = 2;

  static Factor factor(uint16_t gradient) {
    const __m512i low = _mm512_set1_epi32(gradient);
    return {reinterpret_cast<__m512bh>(low),
            reinterpret_cast<__m512bh>(_mm512_slli_epi32(low, /*bits=*/16))};
  }
  template <int kCount>
  static void add_products(Vector* sums, const uint16_t* numbers, Factor factor) {
    static_assert(kCount == kBlock);
    const auto pairs = reinterpret_cast<__m512bh>(_mm512_loadu_si512(numbers));
    sums[0] = _mm512_dpbf16_ps(sums[0], pairs, factor.even);
    sums[1] = _mm512_dpbf16_ps(sums[1], pairs, factor.odd);
  }
  static __m512i rounded(const float* sums) {
    return _mm512_cvtepu16_epi32(reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(load(sums))));
  }
  static void round(const float* sums, uint16_t* numbers) {
    const __m512i odd = _mm512_slli_epi32(rounded(sums + kLanes), /*bits=*/16);
    _mm512_storeu_si512(numbers, _mm512_or_si512(rounded(sums), odd));
  }
  static int place(int number) { return number % 2 * kLanes + number / 2; }
};

}  // namespace

const Kernels<uint16_t, uint16_t> kAvx512Bf16 = kChannelKernels<Avx512Bf16>;
const Kernels<float, uint16_t> kAvx512ColoursBf16 = kColourKernels<Avx512Float<Bf16Gradient>>;

}  // namespace catdog::pooled_gradient
