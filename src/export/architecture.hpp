// SPDX-License-Identifier: Apache-2.0
// What an architecture gives so that it can be exported: itself as ONNX nodes, and itself in
// Python. One file for each (convnet.cpp); the formats know no network.
//
// The part that is described takes x, float pictures (N, 3, S, S) in [0, 1], and gives z (N, 1),
// the logit of the second class. What stands before and after it is the formats' business.
#pragma once

#include <string>
#include <vector>

#include "catdog/export/onnx_graph.hpp"
#include "catdog/model/convnet.hpp"

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
};

PythonNetwork as_python(const ConvNetImpl& net);

// Adds the network's nodes and weights; `x` and the result are names of values in the graph.
std::string add_network(OnnxGraph& graph, const ConvNetImpl& net, const std::string& x);

}  // namespace catdog
