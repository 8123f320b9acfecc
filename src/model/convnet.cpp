// SPDX-License-Identifier: Apache-2.0
#include "catdog/model/convnet.hpp"

#include <spdlog/fmt/fmt.h>

#include <utility>

#include "catdog/core/error.hpp"
#include "catdog/model/stage.hpp"

namespace catdog {
namespace nn = torch::nn;

namespace {

// The side of a feature map after one stage: 3×3 convolution without padding, then 2×2 pooling.
int side_after_stage(int side_px) { return (side_px - 2) / 2; }

// The side of the last stage's feature map. Throws ConfigError where nothing is left.
int64_t side_after_stages(const ModelOptions& options, int image_size_px) {
  int side_px = image_size_px;
  for (size_t i = 0; i < options.filters.size(); ++i) side_px = side_after_stage(side_px);
  if (side_px < 1) {
    throw ConfigError(fmt::format(
        "data.image_size = {}: too small for the {} stages of model.filters: use larger pictures "
        "or fewer stages",
        image_size_px, options.filters.size()));
  }
  return side_px;
}

}  // namespace

void ModelOptions::describe(OptionTable& table) {
  table.numbers("filters", filters, {1, 4096}, "filters of each stage's 3×3 convolution");
  table.number("dense_units", dense_units, {1, 65536}, "units of the hidden dense layer");
  table.number("dropout", dropout, {0, 1, false, /*high_open=*/true},
               "share of the flattened features zeroed in training; 0 for no dropout");
}

NamedTensors weights_without_numbers(const ModelOptions& options, int image_size_px) {
  NamedTensors weights;
  const auto add = [&](const std::string& layer, std::vector<int64_t> shape) {
    weights[layer + ".bias"] = torch::empty({shape.front()}, torch::kMeta);
    weights[layer + ".weight"] = torch::empty(shape, torch::kMeta);
  };
  int64_t channels = 3;
  for (size_t i = 0; i < options.filters.size(); ++i) {
    add(fmt::format("conv{}", i + 1), {options.filters[i], channels, 3, 3});
    channels = options.filters[i];
  }
  const int64_t side_px = side_after_stages(options, image_size_px);
  add("dense1", {options.dense_units, channels * side_px * side_px});
  add("dense2", {1, options.dense_units});
  return weights;
}

ConvNetImpl::ConvNetImpl(const ModelOptions& options, int image_size_px)
    : options_(options), image_size_px_(image_size_px) {
  const int64_t side_px = side_after_stages(options, image_size_px);
  int64_t channels = 3;
  for (const int filters : options.filters) {
    convolutions_.push_back(register_module(fmt::format("conv{}", convolutions_.size() + 1),
                                            nn::Conv2d(nn::Conv2dOptions(channels, filters, 3))));
    channels = filters;
  }
  dense_.push_back(
      register_module("dense1", nn::Linear(channels * side_px * side_px, options.dense_units)));
  dense_.push_back(register_module("dense2", nn::Linear(options.dense_units, 1)));
}

void ConvNetImpl::initialize(uint64_t seed) {
  torch::NoGradGuard no_gradient;
  torch::manual_seed(seed);
  for (auto& parameter : parameters()) {  // in the order of registration: weight, bias, …
    if (parameter.dim() > 1) {
      nn::init::xavier_uniform_(parameter);
    } else {
      parameter.zero_();
    }
  }
}

torch::Tensor ConvNetImpl::forward(torch::Tensor images) {
  torch::Tensor x = std::move(images);
  for (const auto& convolution : convolutions_) {
    x = conv_relu_max_pool(x, convolution->weight, convolution->bias, precision_);
  }
  return logits_of_features(x);
}

torch::Tensor ConvNetImpl::last_maps(const torch::Tensor& images) {
  torch::Tensor x = images;
  for (size_t i = 0; i + 1 < convolutions_.size(); ++i) {
    x = conv_relu_max_pool(x, convolutions_[i]->weight, convolutions_[i]->bias, Precision::fp32);
  }
  return convolutions_.back()(x).relu();
}

torch::Tensor ConvNetImpl::logits_of_maps(const torch::Tensor& maps) {
  const Precision precision = std::exchange(precision_, Precision::fp32);
  torch::Tensor logits = logits_of_features(torch::max_pool2d(maps, 2));
  precision_ = precision;
  return logits;
}

torch::Tensor ConvNetImpl::logits_of_features(torch::Tensor features) {
  torch::Tensor x = features.flatten(1);  // (N, C·H·W), channel by channel
  if (options_.dropout > 0) x = torch::dropout(x, options_.dropout, is_training());
  x = hidden_layer(x).relu_();
  return dense_[1](x).squeeze(1);
}

torch::Tensor ConvNetImpl::hidden_layer(const torch::Tensor& x) {
  const auto& [weight, bias] = std::pair(dense_[0]->weight, dense_[0]->bias);
  if (precision_ == Precision::fp32) return torch::linear(x, weight, bias);
  constexpr torch::Dtype kType = torch::kBFloat16;
  // Nine of ten weights are this layer's: where they do not change, once is enough.
  const bool may_keep = !is_training() && !torch::GradMode::is_enabled();
  if (!may_keep) hidden_weight_.reset();
  const torch::Tensor cast = hidden_weight_.defined() ? hidden_weight_ : weight.to(kType);
  if (may_keep) hidden_weight_ = cast;
  return torch::linear(x, cast, bias.to(kType)).to(weight.scalar_type());
}

void ConvNetImpl::train(bool on) {
  Module::train(on);
  hidden_weight_.reset();
}

void use_channels_last(torch::nn::Module& module) {
  torch::NoGradGuard no_gradient;
  for (auto& parameter : module.parameters()) {
    if (parameter.dim() == 4) {
      parameter.set_data(parameter.contiguous(torch::MemoryFormat::ChannelsLast));
    }
  }
}

}  // namespace catdog
