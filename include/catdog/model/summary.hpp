// SPDX-License-Identifier: Apache-2.0
// The network as a table, as Keras's model.summary() prints it. Activations of a convolution or a
// dense layer are a part of it there.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "catdog/model/network.hpp"

namespace catdog {

struct LayerSummary {
  std::string name;                   // as Keras names it: conv2d_1
  std::string type;                   // Conv2D
  std::vector<int64_t> output_shape;  // without the batch: (height, width, channels) or (units)
  int64_t parameters;
  int64_t not_trained;    // of these: a normalisation's mean and variance
  int64_t multiply_adds;  // for one picture, forward
};

std::vector<LayerSummary> summarize(const NetworkImpl& net);

// The table of Keras 2.0.8, to the character (keras/utils/layer_utils.py, print_summary), each line
// ended by a newline.
std::string keras_table(const std::vector<LayerSummary>& layers);

}  // namespace catdog
