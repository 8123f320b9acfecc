// SPDX-License-Identifier: Apache-2.0
// The network of Chollet, "Deep Learning with Python" (2017), listing 5.5: stages of convolution
// 3×3, ReLU and 2×2 max-pooling, then two dense layers; with dropout before them, listing 5.13.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <string>
#include <vector>

#include "catdog/core/options.hpp"
#include "catdog/model/archive.hpp"
#include "catdog/model/precision.hpp"

namespace catdog {

struct ModelOptions {
  std::vector<int> filters = {32, 64, 128, 128};  // of each stage's convolution
  int dense_units = 512;                          // of the hidden dense layer
  double dropout = 0.5;  // share of the flattened features zeroed in training; 0: no such layer

  void describe(OptionTable& table);
};

// The names, shapes and types of such a network's weights, without numbers and their memory
// (torch::kMeta); `image_size_px` as for ConvNetImpl, which throws the same.
NamedTensors weights_without_numbers(const ModelOptions& options, int image_size_px);

class ConvNetImpl : public torch::nn::Module {
 public:
  // For square pictures of `image_size_px`. Weights: see initialize(). Throws ConfigError if the
  // pictures are too small for that many stages.
  ConvNetImpl(const ModelOptions& options, int image_size_px);

  // Kernels Glorot uniform, U(-L, L) with L = sqrt(6 / (fan_in + fan_out)); biases zero: Keras's
  // defaults, not torch's. The same as seeding torch with `seed` and calling xavier_uniform_ on
  // each layer in order.
  void initialize(uint64_t seed);

  // images (N, 3, S, S) in [0, 1] → logits (N,); sigmoid(logit) is the second class's probability.
  torch::Tensor forward(torch::Tensor images);

  // The same in two parts, in fp32: to what the last convolution gives after ReLU and before
  // pooling, (N, C, H, W), and from there on.
  torch::Tensor last_maps(const torch::Tensor& images);
  torch::Tensor logits_of_maps(const torch::Tensor& maps);

  // What forward() computes with from now on; fp32 until then. Logits are fp32 in either.
  void set_precision(Precision precision) {
    precision_ = precision;
    hidden_weight_.reset();
  }
  Precision precision() const { return precision_; }

  // Entering a mode, also eval()'s anew, is what makes changed weights count in inference.
  void train(bool on = true) override;

  const ModelOptions& options() const { return options_; }
  int image_size_px() const { return image_size_px_; }
  const std::vector<torch::nn::Conv2d>& convolutions() const { return convolutions_; }
  const std::vector<torch::nn::Linear>& dense_layers() const { return dense_; }

 private:
  torch::Tensor logits_of_features(torch::Tensor features);
  torch::Tensor hidden_layer(const torch::Tensor& x);

  ModelOptions options_;
  int image_size_px_;
  Precision precision_ = Precision::fp32;
  std::vector<torch::nn::Conv2d> convolutions_;  // conv1, conv2, …
  std::vector<torch::nn::Linear> dense_;         // dense1, dense2
  torch::Tensor hidden_weight_;                  // dense1's in bf16, while that mode is inference
};
TORCH_MODULE(ConvNet);

// Keeps the convolutions' weights in channels-last order, in which the CPU's and the GPU's
// convolutions are quicker. Values and shapes stay.
void use_channels_last(torch::nn::Module& module);

}  // namespace catdog
