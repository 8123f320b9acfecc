// SPDX-License-Identifier: Apache-2.0
#include "catdog/model/stage.hpp"

#include "catdog/model/relu_max_pool.hpp"
#include "first_stage.hpp"
#include "pooled_gradient.hpp"

namespace catdog {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

uint16_t* bf16(const torch::Tensor& tensor) { return static_cast<uint16_t*>(tensor.data_ptr()); }

// Filters as rows, columns, colours.
torch::Tensor taps(const torch::Tensor& weight) { return weight.permute({0, 2, 3, 1}); }

first_stage::Shape shape_of(const torch::Tensor& images, int64_t filters) {
  return {.pictures = images.size(0),
          .height = images.size(2),
          .width = images.size(3),
          .filters = filters};
}

// The images' numbers as bf16, channels last, with what first_stage reads behind them.
torch::Tensor pack(const torch::Tensor& images) {
  const int64_t count = images.numel();
  torch::Tensor packed = torch::empty({count + first_stage::kPadding}, torch::kBFloat16);
  packed.narrow(0, 0, count)
      .view({images.size(0), images.size(2), images.size(3), 3})
      .copy_(images.permute({0, 2, 3, 1}));
  packed.narrow(0, count, first_stage::kPadding).zero_();
  return packed;
}

// `which`, if given, becomes the winners for the backward pass.
torch::Tensor first_stage_forward(const first_stage::Shape& shape, const torch::Tensor& packed,
                                  const torch::Tensor& weight, const torch::Tensor& bias,
                                  torch::Tensor* which) {
  const std::vector<int64_t> sizes = {shape.pictures, shape.out_height(), shape.out_width(),
                                      shape.filters};
  torch::Tensor out = torch::empty(sizes, torch::kBFloat16);
  if (which != nullptr) *which = torch::empty(sizes, torch::kChar);
  first_stage::forward(shape, bf16(packed), taps(weight).contiguous().const_data_ptr<float>(),
                       bias.const_data_ptr<float>(), bf16(out),
                       which == nullptr ? nullptr : which->mutable_data_ptr<int8_t>());
  return out.permute({0, 3, 1, 2});
}

// Where the processor has matrix instructions the library's convolution is the quicker one.
bool first_stage_applies(const torch::Tensor& x, const torch::Tensor& weight, Precision precision) {
  static const bool quicker = first_stage::available() && !cpu_multiplies_bf16_matrices();
  return precision == Precision::bf16 && quicker && x.device().is_cpu() && x.size(1) == 3 &&
         x.size(2) >= 4 && x.size(3) >= 4 && x.scalar_type() == torch::kFloat &&
         weight.scalar_type() == torch::kFloat &&
         weight.size(0) % first_stage::kFilterMultiple == 0;
}

torch::Dtype type_of(Precision precision) {
  return precision == Precision::bf16 ? torch::kBFloat16 : torch::kFloat;
}

// A stage with gradients of its own: see pooled_gradient.hpp.
struct Stage : torch::autograd::Function<Stage> {
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& input,
                               const torch::Tensor& weight, const torch::Tensor& bias,
                               Precision precision) {
    const torch::Dtype type = type_of(precision);
    if (first_stage_applies(input, weight, precision)) {
      const torch::Tensor x = input.contiguous(torch::MemoryFormat::ChannelsLast);
      torch::Tensor which;
      torch::Tensor values =
          first_stage_forward(shape_of(x, weight.size(0)), pack(x), weight, bias, &which);
      context->save_for_backward({x, weight, which});
      return values;
    }
    const torch::Tensor x = input.to(type).contiguous(torch::MemoryFormat::ChannelsLast);
    const torch::Tensor numbers = weight.to(type).contiguous(torch::MemoryFormat::ChannelsLast);
    const Pooled pooled = relu_max_pool_with_places(torch::conv2d(x, numbers, bias.to(type)));
    context->save_for_backward({x, numbers, pooled.which});
    return pooled.values;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const StageGradients result =
        stage_gradients(saved[0], saved[1], gradients[0], saved[2], context->needs_input_grad(0));
    return {result.input, result.weight, result.bias, torch::Tensor()};
  }
};

}  // namespace

torch::Tensor conv_relu_max_pool(const torch::Tensor& x, const torch::Tensor& weight,
                                 const torch::Tensor& bias, Precision precision) {
  if (torch::GradMode::is_enabled()) {
    if (stage_gradients_apply(x, weight, precision)) {
      return Stage::apply(x, weight, bias, precision);
    }
  } else if (first_stage_applies(x, weight, precision)) {
    return first_stage_forward(shape_of(x, weight.size(0)), pack(x), weight, bias, nullptr);
  }
  if (precision == Precision::fp32) return relu_max_pool(torch::conv2d(x, weight, bias));
  constexpr torch::Dtype kType = torch::kBFloat16;
  return relu_max_pool(torch::conv2d(x.to(kType), weight.to(kType), bias.to(kType)));
}

}  // namespace catdog
