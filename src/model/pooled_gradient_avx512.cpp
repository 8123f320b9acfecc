// SPDX-License-Identifier: Apache-2.0
// pooled_gradient_loops.hpp for processors with AVX-512: F, BW, VL and DQ.
#include "pooled_gradient_avx512.hpp"

#include "pooled_gradient_loops.hpp"

namespace catdog::pooled_gradient {

const Kernels<float, float> kAvx512 = kChannelKernels<Avx512Float<FloatGradient>>;
const Kernels<float, float> kAvx512Colours = kColourKernels<Avx512Float<FloatGradient>>;

}  // namespace catdog::pooled_gradient
