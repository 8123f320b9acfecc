// SPDX-License-Identifier: Apache-2.0
#include "catdog/model/stage.hpp"

#include "catdog/model/relu_max_pool.hpp"
#include "first_stage.hpp"

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

struct FirstStage : torch::autograd::Function<FirstStage> {
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& images,
                               const torch::Tensor& weight, const torch::Tensor& bias) {
    const first_stage::Shape shape = shape_of(images, weight.size(0));
    const torch::Tensor packed = pack(images);
    torch::Tensor which;
    torch::Tensor out = first_stage_forward(shape, packed, weight, bias, &which);
    context->save_for_backward({packed, which});
    context->saved_data["sizes"] = images.sizes();
    return out;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const std::vector<int64_t> sizes = context->saved_data["sizes"].toIntVector();
    const torch::Tensor gradient = gradients[0].contiguous(torch::MemoryFormat::ChannelsLast);
    const int64_t filters = gradient.size(1);
    torch::Tensor weight_gradient = torch::empty({filters, 3, 3, 3});
    torch::Tensor bias_gradient = torch::empty({filters});
    first_stage::backward(
        {.pictures = sizes[0], .height = sizes[2], .width = sizes[3], .filters = filters},
        bf16(saved[0]), bf16(gradient), saved[1].const_data_ptr<int8_t>(),
        weight_gradient.mutable_data_ptr<float>(), bias_gradient.mutable_data_ptr<float>());
    return {torch::Tensor(), weight_gradient.permute({0, 3, 1, 2}), bias_gradient};
  }
};

// Where the processor has matrix instructions the library's convolution is the quicker one.
bool first_stage_applies(const torch::Tensor& x, const torch::Tensor& weight) {
  static const bool quicker = first_stage::available() && !cpu_multiplies_bf16_matrices();
  return quicker && x.device().is_cpu() && x.size(1) == 3 && x.size(2) >= 4 && x.size(3) >= 4 &&
         x.scalar_type() == torch::kFloat && !x.requires_grad() &&
         weight.scalar_type() == torch::kFloat &&
         weight.size(0) % first_stage::kFilterMultiple == 0;
}

}  // namespace

torch::Tensor conv_relu_max_pool(const torch::Tensor& x, const torch::Tensor& weight,
                                 const torch::Tensor& bias, Precision precision) {
  if (precision == Precision::fp32) return relu_max_pool(torch::conv2d(x, weight, bias));
  if (first_stage_applies(x, weight)) {
    if (torch::GradMode::is_enabled()) return FirstStage::apply(x, weight, bias);
    return first_stage_forward(shape_of(x, weight.size(0)), pack(x), weight, bias, nullptr);
  }
  constexpr torch::Dtype kType = torch::kBFloat16;
  return relu_max_pool(torch::conv2d(x.to(kType), weight.to(kType), bias.to(kType)));
}

}  // namespace catdog
