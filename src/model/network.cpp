// SPDX-License-Identifier: Apache-2.0
#include "catdog/model/network.hpp"

#include <spdlog/fmt/fmt.h>

#include <utility>

#include "catdog/model/normalization.hpp"
#include "catdog/model/stage.hpp"

namespace catdog {
namespace nn = torch::nn;

namespace {

using Kind = Layer::Kind;

constexpr torch::Dtype kBf16 = torch::kBFloat16;

// What a bf16 number becomes where exactness counts; others stay.
torch::Tensor in_full(const torch::Tensor& x) {
  return x.scalar_type() == kBf16 ? x.to(torch::kFloat) : x;
}

// Each picture's numbers, or none of them; the rest larger, so that the mean stays.
torch::Tensor skip_some(const torch::Tensor& x, double share, bool training) {
  if (!training) return x;
  const torch::Tensor kept = torch::empty({x.size(0), 1, 1, 1}, x.options()).bernoulli_(1 - share);
  return x * kept.div_(1 - share);
}

}  // namespace

NamedTensors weights_without_numbers(const ModelOptions& options, int image_size_px, int classes) {
  const Layers layers = layers_of(options, image_size_px, classes);
  NamedTensors weights;
  for (const Layer& layer : layers) {
    for (const WeightShape& shape : weight_shapes(layers, layer, image_size_px)) {
      weights[layer.name + "." + shape.name] = torch::empty(shape.shape, torch::kMeta);
    }
  }
  return weights;
}

NetworkImpl::NetworkImpl(const ModelOptions& options, int image_size_px, int classes)
    : options_(options),
      image_size_px_(image_size_px),
      classes_(classes),
      layers_(layers_of(options, image_size_px, classes)),
      weights_(layers_.size()),
      last_use_(layers_.size()) {
  register_weights();
  for (size_t place = 0; place < layers_.size(); ++place) {
    for (const int input : layers_[place].inputs) {
      if (input != kImages) last_use_[static_cast<size_t>(input)] = place;
    }
    if (layers_[place].kind == Kind::relu && layers_[place].side_px > 0) last_maps_ = place;
  }
}

void NetworkImpl::register_weights() {
  for (size_t place = 0; place < layers_.size(); ++place) {
    const std::vector<WeightShape> shapes = weight_shapes(layers_, layers_[place], image_size_px_);
    if (shapes.empty()) continue;
    const auto module = register_module(layers_[place].name, std::make_shared<nn::Module>());
    Weights& weights = weights_[place];
    const std::pair<const char*, torch::Tensor*> slots[] = {{"weight", &weights.weight},
                                                            {"bias", &weights.bias},
                                                            {"running_mean", &weights.running_mean},
                                                            {"running_var", &weights.running_var}};
    for (const WeightShape& shape : shapes) {
      for (const auto& [name, tensor] : slots) {
        if (shape.name != name) continue;
        *tensor = shape.is_trained ? module->register_parameter(name, torch::zeros(shape.shape))
                                   : module->register_buffer(name, torch::zeros(shape.shape));
      }
    }
  }
}

void NetworkImpl::initialize(uint64_t seed) {
  torch::NoGradGuard no_gradient;
  torch::manual_seed(seed);
  const bool residual = options_.architecture == ModelOptions::Architecture::resnet;
  for (size_t place = 0; place < layers_.size(); ++place) {
    Weights& weights = weights_[place];
    if (weights.bias.defined()) weights.bias.zero_();
    if (layers_[place].kind == Kind::normalization) {
      const Kind next = layers_[place + 1].kind;
      weights.weight.fill_(next == Kind::add || next == Kind::skip ? 0 : 1);
      weights.running_mean.zero_();
      weights.running_var.fill_(1);
    } else if (layers_[place].kind == Kind::convolution && residual) {
      nn::init::kaiming_normal_(weights.weight, /*a=*/0, torch::kFanOut, torch::kReLU);
    } else if (weights.weight.defined()) {
      nn::init::xavier_uniform_(weights.weight);
    }
  }
}

torch::Tensor NetworkImpl::forward(const torch::Tensor& images) {
  return run(0, layers_.size(), images);
}

torch::Tensor NetworkImpl::last_maps(const torch::Tensor& images) {
  const Precision precision = std::exchange(precision_, Precision::fp32);
  torch::Tensor maps = run(0, last_maps_ + 1, images);
  precision_ = precision;
  return maps;
}

torch::Tensor NetworkImpl::logits_of_maps(const torch::Tensor& maps) {
  const Precision precision = std::exchange(precision_, Precision::fp32);
  torch::Tensor logits = run(last_maps_ + 1, layers_.size(), maps);
  precision_ = precision;
  return logits;
}

const torch::Tensor& NetworkImpl::input_of(size_t place, const Values& values, size_t i) const {
  const int input = layers_[place].inputs[i];
  return input == kImages ? values.back() : values[static_cast<size_t>(input)];
}

torch::Tensor NetworkImpl::run(size_t begin, size_t end, const torch::Tensor& input) {
  Values values(layers_.size() + 1);  // the last are the images
  (begin == 0 ? values.back() : values[begin - 1]) = input;
  for (size_t place = begin; place < end;) {
    const size_t first = place;
    place = run_together(place, end, values);
    if (place == first) {
      values[place] = run_layer(place, values);
      ++place;
    }
    // What nobody needs any more makes room.
    for (size_t done = first; done < place; ++done) {
      for (const int used : layers_[done].inputs) {
        if (used != kImages && last_use_[static_cast<size_t>(used)] < place) {
          values[static_cast<size_t>(used)].reset();
        }
      }
    }
  }
  return values[end - 1];
}

// Layers that are quicker as one: convolution, ReLU and max-pooling; normalisation, shortcut and
// ReLU. Returns the place behind them, or `place` where there are none.
size_t NetworkImpl::run_together(size_t place, size_t end, Values& values) {
  const auto kind = [&](size_t offset) {
    return place + offset < end ? layers_[place + offset].kind : Kind::flatten;
  };
  const Layer& layer = layers_[place];
  const Weights& weights = weights_[place];
  if (layer.kind == Kind::convolution && layer.kernel == 3 && layer.stride == 1 &&
      layer.padding == 0 && layer.has_bias && kind(1) == Kind::relu && kind(2) == Kind::max_pool) {
    values[place + 2] =
        conv_relu_max_pool(input_of(place, values), weights.weight, weights.bias, precision_);
    return place + 3;
  }
  if (layer.kind != Kind::normalization) return place;
  size_t next = place + 1;
  torch::Tensor shortcut;
  if (kind(1) == Kind::add) shortcut = input_of(next++, values, /*i=*/1);
  const bool relu = next < end && layers_[next].kind == Kind::relu;
  if (relu) ++next;
  values[next - 1] =
      normalize(input_of(place, values),
                {weights.weight, weights.bias, weights.running_mean, weights.running_var}, shortcut,
                relu, is_training());
  return next;
}

torch::Tensor NetworkImpl::run_layer(size_t place, const Values& values) {
  const Layer& layer = layers_[place];
  torch::Tensor x = input_of(place, values);
  switch (layer.kind) {
    case Kind::convolution: return convolve(place, x);
    case Kind::normalization: break;  // never alone: see run_together
    case Kind::relu: return x.relu_();
    case Kind::max_pool: return torch::max_pool2d(x, layer.kernel);
    case Kind::average_pool:
      return torch::avg_pool2d(x, layer.kernel, layer.stride, /*padding=*/0, /*ceil_mode=*/true,
                               /*count_include_pad=*/false);
    case Kind::add: return x + input_of(place, values, /*i=*/1);
    case Kind::skip: return skip_some(x, layer.share, is_training());
    case Kind::average: return in_full(x).mean({2, 3});
    case Kind::flatten: return x.flatten(1);  // channel by channel
    case Kind::dropout: return torch::dropout(x, layer.share, is_training());
    case Kind::dense: return dense(place, x);
  }
  return x;
}

torch::Tensor NetworkImpl::convolve(size_t place, const torch::Tensor& x) {
  const Layer& layer = layers_[place];
  Weights& weights = weights_[place];
  if (precision_ == Precision::fp32) {
    return torch::conv2d(x, weights.weight, weights.bias, layer.stride, layer.padding);
  }
  const auto [weight, bias] = cast_weights(weights);
  return torch::conv2d(x.to(kBf16), weight, bias, layer.stride, layer.padding);
}

torch::Tensor NetworkImpl::dense(size_t place, const torch::Tensor& x) {
  Weights& weights = weights_[place];
  const bool is_last = place + 1 == layers_.size();
  if (precision_ == Precision::fp32 || is_last) {
    return torch::linear(in_full(x), weights.weight, weights.bias);
  }
  const auto [weight, bias] = cast_weights(weights);
  return torch::linear(x.to(kBf16), weight, bias).to(torch::kFloat);
}

// In bf16. Where they do not change, once is enough.
std::pair<torch::Tensor, torch::Tensor> NetworkImpl::cast_weights(Weights& weights) {
  const bool may_keep = !is_training() && !torch::GradMode::is_enabled();
  if (may_keep && weights.cast_weight.defined()) return {weights.cast_weight, weights.cast_bias};
  const torch::Tensor weight = weights.weight.to(kBf16);
  const torch::Tensor bias = weights.bias.defined() ? weights.bias.to(kBf16) : torch::Tensor();
  if (may_keep) {
    weights.cast_weight = weight;
    weights.cast_bias = bias;
  }
  return {weight, bias};
}

void NetworkImpl::forget_cast_weights() {
  for (Weights& weights : weights_) {
    weights.cast_weight.reset();
    weights.cast_bias.reset();
  }
}

void NetworkImpl::train(bool on) {
  Module::train(on);
  forget_cast_weights();
}

void NetworkImpl::prepare(torch::Device device, Precision precision) {
  to(device);
  use_channels_last(*this);
  precision_ = precision;
  forget_cast_weights();
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
