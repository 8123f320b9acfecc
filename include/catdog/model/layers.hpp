// SPDX-License-Identifier: Apache-2.0
// A network as the list of its layers, made from the options: what is computed, printed as a
// summary, written to files and exported is all derived from this one list.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "catdog/core/options.hpp"

namespace catdog {

struct ModelOptions {
  enum class Architecture {
    convnet,  // stages of convolutions 3×3, ReLU and 2×2 max-pooling; Chollet, listing 5.5
    resnet,   // residual blocks of two convolutions; He et al., CVPR 2016, figure 2
  };
  enum class Norm { none, batch };
  enum class Head {
    flatten,  // all features, as the book
    average,  // the mean of each map
  };

  Architecture architecture = Architecture::convnet;
  std::vector<int> filters = {32, 64, 128, 128};  // of each stage's convolutions
  int blocks = 1;       // a stage: convolutions (convnet), residual blocks (resnet)
  int stem_stride = 2;  // resnet: of its first convolution
  Norm norm = Norm::none;
  Head head = Head::flatten;
  int dense_units = 512;        // of the hidden dense layer; 0: none
  double dropout = 0.5;         // share of the head's features zeroed in training; 0: no such layer
  double stochastic_depth = 0;  // resnet: share of the pictures for which the last block is skipped

  void describe(OptionTable& table);
};

// Sets the architecture and the options whose defaults depend on it.
void apply_architecture(ModelOptions& options, ModelOptions::Architecture architecture);

struct Layer {
  enum class Kind {
    convolution,    // `channels` filters of kernel × kernel
    normalization,  // of each channel
    relu,
    max_pool,      // kernel × kernel, no overlap, what is left over at the ends is not seen
    average_pool,  // kernel × kernel, no overlap, what is left over at the ends has a mean of its
                   // own
    add,           // of its two inputs
    skip,          // stochastic depth: in training, 0 for some pictures
    average,       // of each map
    flatten,       // map after map
    dropout,
    dense,  // `channels` units
  };

  Kind kind;
  std::string name;         // its weights are "<name>.weight", "<name>.bias" …
  std::vector<int> inputs;  // places of layers before it, or kImages
  int64_t channels;         // of what it gives: (N, channels, side, side),
  int64_t side_px;          //   or (N, channels) where this is 0
  int64_t kernel = 0, stride = 1, padding = 0;
  bool has_bias = false;
  double share = 0;  // of what dropout and skip zero
};
inline constexpr int kImages = -1;

using Layers = std::vector<Layer>;

// From pictures (N, 3, S, S) to (N, 1) for two classes, the logit of the second, or to (N, classes)
// for more. Throws ConfigError where pictures of that size are too small for so many stages.
Layers layers_of(const ModelOptions& options, int image_size_px, int classes);

// Where a layer's input `i` comes from: its channels and side.
struct MapSize {
  int64_t channels, side_px;
};
MapSize input_size(const Layers& layers, const Layer& layer, int image_size_px, size_t i = 0);

// The shape of a tensor among a layer's weights, by its name after "<layer>.".
struct WeightShape {
  std::string name;
  std::vector<int64_t> shape;
  bool is_trained = true;  // or else follows what training sees: the mean and variance of batches
};
std::vector<WeightShape> weight_shapes(const Layers& layers, const Layer& layer, int image_size_px);

// Products that a layer sums up for one picture.
int64_t multiply_adds(const Layers& layers, const Layer& layer, int image_size_px);

}  // namespace catdog
