// SPDX-License-Identifier: Apache-2.0
#include "pooled_gradient.hpp"

#include <ATen/Parallel.h>
#include <ATen/Version.h>

#include <string>
#include <vector>

#include "pooled_gradient_kernels.hpp"

namespace catdog {
namespace {

using pooled_gradient::kColours;
using pooled_gradient::Kernels;
using pooled_gradient::kSide;
using pooled_gradient::kSpan;
using pooled_gradient::Layout;

// The kernels for this processor, as far as ATen may use it too (its variable ATEN_CPU_CAPABILITY);
// null where there are none.
const Kernels<float, float>* fp32_kernels([[maybe_unused]] bool colours) {
#ifdef CATDOG_VECTOR_KERNELS
  static const std::string capability = at::get_cpu_capability();
  if (capability == "AVX512") {
    return colours ? &pooled_gradient::kAvx512Colours : &pooled_gradient::kAvx512;
  }
  if (capability == "AVX2")
    return colours ? &pooled_gradient::kAvx2Colours : &pooled_gradient::kAvx2;
#endif
  return nullptr;
}

struct Work {
  int64_t pictures;
  Layout layout;
  std::vector<int64_t> corners;
};

Work work_of(const torch::Tensor& x, const torch::Tensor& gradient) {
  const int64_t channels = x.size(1), height = x.size(2), width = x.size(3);
  const int64_t rows = gradient.size(2), columns = gradient.size(3), pitch = width * channels;
  Work work{.pictures = x.size(0), .layout = {}, .corners = {}};
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t column = 0; column < columns; ++column) {
      work.corners.push_back(2 * row * pitch + 2 * column * channels);
    }
  }
  const int64_t windows = rows * columns;
  work.layout = {.channels = channels,
                 .filters = gradient.size(1),
                 .pitch = pitch,
                 .numbers = height * pitch,
                 .windows = windows,
                 .spans = (windows + kSpan - 1) / kSpan,
                 .corners = work.corners.data(),
                 .places = {0, channels, pitch, pitch + channels}};
  return work;
}

template <class Number>
Number* data(const torch::Tensor& tensor) {
  return static_cast<Number*>(tensor.data_ptr());
}

template <class Number, class Gradient>
StageGradients compute(const Kernels<Number, Gradient>& kernels, const torch::Tensor& x,
                       const torch::Tensor& weight, const torch::Tensor& gradient,
                       const torch::Tensor& which, bool input) {
  const Work work = work_of(x, gradient);
  const Layout& layout = work.layout;
  const int64_t pictures = work.pictures, filters = layout.filters;
  const int64_t masks = layout.spans * filters, pooled = layout.windows * filters;
  const auto* const numbers = data<Number>(x);
  const auto* const gradients = data<Gradient>(gradient);
  const auto* const places = which.const_data_ptr<int8_t>();

  StageGradients result;
  if (input) result.input = torch::empty_like(x);
  std::vector<uint64_t> live(pictures * masks);
  torch::Tensor biases = torch::empty({pictures, filters});
  at::parallel_for(0, pictures, /*grain_size=*/1, [&](int64_t begin, int64_t end) {
    std::vector<float> sums(input ? layout.numbers : 0);
    for (int64_t picture = begin; picture < end; ++picture) {
      kernels.survey(layout, gradients + picture * pooled, places + picture * pooled,
                     &live[picture * masks], biases.mutable_data_ptr<float>() + picture * filters);
      if (!input) continue;
      kernels.input_gradient(layout, data<Number>(weight), gradients + picture * pooled,
                             places + picture * pooled, sums.data(),
                             data<Number>(result.input) + picture * layout.numbers);
    }
  });

  // Each thread adds up all pictures for some of the filters.
  const int64_t of_filter = kSide * kSide * layout.channels;
  const int64_t sums_of_filter = kernels.weight_sums(layout.channels);
  torch::Tensor sums = torch::zeros({filters, sums_of_filter});
  torch::Tensor weights = torch::empty({filters, kSide, kSide, layout.channels});
  at::parallel_for(0, filters, /*grain_size=*/1, [&](int64_t begin, int64_t end) {
    auto* const of_all = sums.mutable_data_ptr<float>();
    for (int64_t picture = 0; picture < pictures; ++picture) {
      kernels.add_weight_gradient(layout, numbers + picture * layout.numbers,
                                  gradients + picture * pooled, places + picture * pooled,
                                  &live[picture * masks], begin, end, of_all);
    }
    for (int64_t filter = begin; filter < end; ++filter) {
      kernels.read_weight_sums(layout.channels, of_all + filter * sums_of_filter,
                               weights.mutable_data_ptr<float>() + filter * of_filter);
    }
  });
  result.weight = weights.permute({0, 3, 1, 2});
  result.bias = biases.sum(0);
  return result;
}

}  // namespace

bool stage_gradients_apply(const torch::Tensor& x, const torch::Tensor& weight,
                           Precision precision) {
  const bool colours = x.size(1) == kColours;
  if (!x.device().is_cpu() || weight.scalar_type() != torch::kFloat ||
      weight.size(0) % pooled_gradient::kFilterUnit != 0 || x.size(2) < 4 || x.size(3) < 4) {
    return false;
  }
  if (colours ? x.requires_grad() : x.size(1) % pooled_gradient::kChannelUnit != 0) return false;
  if (precision == Precision::fp32) return fp32_kernels(colours) != nullptr;
#ifdef CATDOG_VECTOR_KERNELS
  // Where the processor has matrix instructions the library's way is the quicker one.
  return cpu_multiplies_bf16_vectors() && !cpu_multiplies_bf16_matrices();
#else
  return false;
#endif
}

StageGradients stage_gradients(const torch::Tensor& x, const torch::Tensor& weight,
                               const torch::Tensor& gradient, const torch::Tensor& which,
                               bool input) {
  const torch::Tensor in_order = gradient.contiguous(torch::MemoryFormat::ChannelsLast);
  const bool colours = x.size(1) == kColours;
#ifdef CATDOG_VECTOR_KERNELS
  if (gradient.scalar_type() == torch::kBFloat16) {
    return colours ? compute(pooled_gradient::kAvx512ColoursBf16, x, weight, in_order, which, input)
                   : compute(pooled_gradient::kAvx512Bf16, x, weight, in_order, which, input);
  }
#endif
  return compute(*fp32_kernels(colours), x, weight, in_order, which, input);
}

}  // namespace catdog
