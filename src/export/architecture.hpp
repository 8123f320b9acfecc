// SPDX-License-Identifier: Apache-2.0
// A network's layers as they are exported: as ONNX nodes, and in Python. The formats know no layer.
//
// The part that is described takes x, float pictures (N, 3, S, S) in [0, 1], and gives z, the
// logits (N, 1) of two classes or (N, K) of more. What stands before and after it is the formats'
// business. Stochastic depth, which acts in training alone and which PyTorch has no layer for, is
// left out.
#pragma once

#include <string>
#include <vector>

#include "catdog/export/onnx_graph.hpp"
#include "catdog/model/network.hpp"

namespace catdog {

// A layer that has weights, or acts otherwise in training.
struct PythonLayer {
  std::string name;         // "conv1": its weights are "conv1.weight", "conv1.bias"
  std::string constructor;  // in Python: "nn.Conv2d(3, 32, 3)"
  std::string forward;      // the same as TorchScript, of x and self.weight, self.bias
};

struct PythonNetwork {
  std::vector<PythonLayer> layers;
  std::vector<std::string> forward;  // statements, in Python and TorchScript alike, from x to z
  int classes;
};

PythonNetwork as_python(const NetworkImpl& net);

// Adds the network's nodes and weights; `x` and the result are names of values in the graph.
std::string add_network(OnnxGraph& graph, const NetworkImpl& net, const std::string& x);

}  // namespace catdog
