// SPDX-License-Identifier: Apache-2.0
// The network that a list of layers describes, with its weights.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "catdog/model/archive.hpp"
#include "catdog/model/layers.hpp"
#include "catdog/model/precision.hpp"

namespace catdog {

// The names, shapes and types of such a network's weights, without numbers and their memory
// (torch::kMeta). Arguments as for NetworkImpl, which throws the same.
NamedTensors weights_without_numbers(const ModelOptions& options, int image_size_px, int classes);

class NetworkImpl : public torch::nn::Module {
 public:
  // For square pictures of `image_size_px`. The weights mean nothing yet: see initialize(). Throws
  // ConfigError if the pictures are too small for that many stages.
  NetworkImpl(const ModelOptions& options, int image_size_px, int classes = 2);

  // Biases zero, dense kernels Glorot uniform, U(-L, L) with L = sqrt(6 / (fan_in + fan_out)), and
  // the convnet's convolutions too: Keras's defaults, not torch's. The same as seeding torch with
  // `seed` and calling xavier_uniform_ on each layer in order. A resnet's convolutions are normal
  // with the deviation sqrt(2 / fan_out): He et al., "Delving deep into rectifiers", ICCV 2015.
  // Normalisation multiplies by 1 at first, or by 0 at the end of a residual block: Goyal et al.,
  // "Accurate, large minibatch SGD" (2017), section 5.1.
  void initialize(uint64_t seed);

  // images (N, 3, S, S) in [0, 1] → logits (N, 1) of two classes: sigmoid(logit) is the second's
  // probability; or (N, classes) of more, whose softmax is. Always fp32.
  torch::Tensor forward(const torch::Tensor& images);

  // The same in two parts, in fp32: to the last maps after ReLU and before pooling, (N, C, H, W),
  // and from there on.
  torch::Tensor last_maps(const torch::Tensor& images);
  torch::Tensor logits_of_maps(const torch::Tensor& maps);

  // Moves the weights to the device, in the order in which convolutions are quickest there
  // (channels last; values and shapes stay), and computes with that precision from now on. Until
  // then it is fp32.
  void prepare(torch::Device device, Precision precision);
  Precision precision() const { return precision_; }

  // Entering a mode, also eval()'s anew, is what makes changed weights count in inference.
  void train(bool on = true) override;

  const ModelOptions& options() const { return options_; }
  const Layers& layers() const { return layers_; }
  int image_size_px() const { return image_size_px_; }
  int classes() const { return classes_; }

 private:
  struct Weights {
    torch::Tensor weight, bias, running_mean, running_var;
    torch::Tensor cast_weight, cast_bias;  // bf16, while that mode is inference
  };
  using Values = std::vector<torch::Tensor>;  // of the layers, by their places

  void register_weights();
  void forget_cast_weights();
  // What the layers from `begin` to before `end` make of `input`: the images, or what the layer
  // before `begin` gives.
  torch::Tensor run(size_t begin, size_t end, const torch::Tensor& input);
  size_t run_together(size_t place, size_t end, Values& values);
  torch::Tensor run_layer(size_t place, const Values& values);
  torch::Tensor convolve(size_t place, const torch::Tensor& x);
  torch::Tensor dense(size_t place, const torch::Tensor& x);
  const torch::Tensor& input_of(size_t place, const Values& values, size_t i = 0) const;
  std::pair<torch::Tensor, torch::Tensor> cast_weights(Weights& weights);

  const ModelOptions options_;
  const int image_size_px_, classes_;
  const Layers layers_;
  std::vector<Weights> weights_;  // by the layers' places
  std::vector<size_t> last_use_;  // the place of the last layer that takes a layer's value
  size_t last_maps_ = 0;          // the place of the last ReLU over maps
  Precision precision_ = Precision::fp32;
};
TORCH_MODULE(Network);

// Keeps the convolutions' weights in channels-last order. Values and shapes stay.
void use_channels_last(torch::nn::Module& module);

}  // namespace catdog
