// SPDX-License-Identifier: Apache-2.0
// The convnet as it is exported: see model/convnet.hpp for the same in C++.
#include <spdlog/fmt/fmt.h>

#include "architecture.hpp"

namespace catdog {
namespace {

PythonLayer convolution(const std::string& name, const torch::nn::Conv2dImpl& layer) {
  return {name,
          fmt::format("nn.Conv2d({}, {}, 3)", layer.options.in_channels(),
                      layer.options.out_channels()),
          "torch.conv2d(x, self.weight, self.bias)"};
}

PythonLayer dense(const std::string& name, const torch::nn::LinearImpl& layer) {
  return {
      name,
      fmt::format("nn.Linear({}, {})", layer.options.in_features(), layer.options.out_features()),
      "torch.linear(x, self.weight, self.bias)"};
}

std::string add_relu(OnnxGraph& graph, const std::string& x) {
  return graph.add_node({"Relu", {x}, x + ".relu"});
}

// One layer with its weights, named as it is.
std::string add_layer(OnnxGraph& graph, OnnxNode node, const torch::Tensor& weight,
                      const torch::Tensor& bias) {
  node.inputs.push_back(graph.add_constant(node.output + ".weight", weight));
  node.inputs.push_back(graph.add_constant(node.output + ".bias", bias));
  return graph.add_node(std::move(node));
}

}  // namespace

PythonNetwork as_python(const ConvNetImpl& net) {
  PythonNetwork python;
  for (size_t i = 0; i < net.convolutions().size(); ++i) {
    const std::string name = fmt::format("conv{}", i + 1);
    python.layers.push_back(convolution(name, *net.convolutions()[i]));
    python.forward.push_back(fmt::format("x = torch.max_pool2d(torch.relu(self.{}(x)), 2)", name));
  }
  python.forward.emplace_back("x = torch.flatten(x, 1)");
  if (const double share = net.options().dropout; share > 0) {
    python.layers.push_back({"dropout", fmt::format("nn.Dropout({})", share),
                             fmt::format("torch.dropout(x, {}, self.training)", share)});
    python.forward.emplace_back("x = self.dropout(x)");
  }
  python.layers.push_back(dense("dense1", *net.dense_layers()[0]));
  python.layers.push_back(dense("dense2", *net.dense_layers()[1]));
  python.forward.emplace_back("x = torch.relu(self.dense1(x))");
  python.forward.emplace_back("z = self.dense2(x)");
  return python;
}

std::string add_network(OnnxGraph& graph, const ConvNetImpl& net, const std::string& input) {
  const std::vector<int64_t> three = {3, 3}, two = {2, 2};
  std::string x = input;
  for (size_t i = 0; i < net.convolutions().size(); ++i) {
    const auto& layer = *net.convolutions()[i];
    const std::string name = fmt::format("conv{}", i + 1);
    x = add_layer(graph, {"Conv", {x}, name, {{"kernel_shape", three}}}, layer.weight, layer.bias);
    x = graph.add_node({"MaxPool",
                        {add_relu(graph, x)},
                        name + ".pool",
                        {{"kernel_shape", two}, {"strides", two}}});
  }
  x = graph.add_node({"Flatten", {x}, "flatten"});  // channel by channel, as in LibTorch
  const auto add_dense = [&](const char* name, const torch::nn::LinearImpl& layer) {
    const OnnxAttributes attributes = {{"transB", int64_t{1}}};
    return add_layer(graph, {"Gemm", {x}, name, attributes}, layer.weight, layer.bias);
  };
  x = add_relu(graph, add_dense("dense1", *net.dense_layers()[0]));
  return add_dense("dense2", *net.dense_layers()[1]);
}

}  // namespace catdog
