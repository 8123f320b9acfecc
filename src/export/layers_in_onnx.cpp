// SPDX-License-Identifier: Apache-2.0
// The layers as ONNX nodes: see model/network.cpp for the same in C++.
#include <spdlog/fmt/fmt.h>

#include "architecture.hpp"
#include "catdog/model/normalization.hpp"

namespace catdog {
namespace {

using Kind = Layer::Kind;

std::vector<int64_t> pair_of(int64_t value) { return {value, value}; }

OnnxAttributes convolution_attributes(const Layer& layer) {
  OnnxAttributes attributes = {{"kernel_shape", pair_of(layer.kernel)}};
  if (layer.stride != 1) attributes["strides"] = pair_of(layer.stride);
  if (layer.padding != 0) attributes["pads"] = std::vector<int64_t>(4, layer.padding);
  return attributes;
}

class NodeWriter {
 public:
  NodeWriter(OnnxGraph& graph, const NetworkImpl& net, std::string images)
      : graph_(graph), net_(net), weights_(weights_of(net)), images_(std::move(images)) {}

  std::string write() {
    for (const Layer& layer : net_.layers()) values_.push_back(add(layer));
    return values_.back();
  }

 private:
  std::string value(int place) const {
    return place == kImages ? images_ : values_[static_cast<size_t>(place)];
  }

  std::string add(const Layer& layer) {
    const std::string x = value(layer.inputs[0]);
    switch (layer.kind) {
      case Kind::convolution: return add_weighted(layer, "Conv", convolution_attributes(layer));
      case Kind::normalization:
        static_assert(kNormalizationEpsilon == 1e-5, "what ONNX takes where none is given");
        return add_weighted(layer, "BatchNormalization", {});
      case Kind::relu: return graph_.add_node({"Relu", {x}, x + ".relu"});
      case Kind::max_pool: return add_pool("MaxPool", layer, x, {});
      case Kind::average_pool:
        return add_pool("AveragePool", layer, x, {{"ceil_mode", int64_t{1}}});
      case Kind::add: return graph_.add_node({"Add", {x, value(layer.inputs[1])}, x + ".sum"});
      case Kind::average: {
        const std::string means = graph_.add_node({"GlobalAveragePool", {x}, "means"});
        return graph_.add_node({"Flatten", {means}, "flatten"});
      }
      case Kind::flatten:
        return graph_.add_node({"Flatten", {x}, "flatten"});  // channel by channel
      case Kind::dense: return add_weighted(layer, "Gemm", {{"transB", int64_t{1}}});
      case Kind::skip: break;
      case Kind::dropout: break;
    }
    return x;  // in inference
  }

  // The node has the layer's name, its weights those that they have in the network.
  std::string add_weighted(const Layer& layer, const char* op, OnnxAttributes attributes) {
    OnnxNode node = {op, {value(layer.inputs[0])}, layer.name, std::move(attributes)};
    for (const WeightShape& shape : weight_shapes(net_.layers(), layer, net_.image_size_px())) {
      const std::string name = layer.name + "." + shape.name;
      node.inputs.push_back(graph_.add_constant(name, weights_.at(name)));
    }
    return graph_.add_node(std::move(node));
  }

  std::string add_pool(const char* op, const Layer& layer, const std::string& x,
                       OnnxAttributes attributes) {
    attributes["kernel_shape"] = pair_of(layer.kernel);
    attributes["strides"] = pair_of(layer.stride);
    return graph_.add_node({op, {x}, x + ".pool", std::move(attributes)});
  }

  OnnxGraph& graph_;
  const NetworkImpl& net_;
  const NamedTensors weights_;
  const std::string images_;
  std::vector<std::string> values_;
};

}  // namespace

std::string add_network(OnnxGraph& graph, const NetworkImpl& net, const std::string& x) {
  return NodeWriter(graph, net, x).write();
}

}  // namespace catdog
