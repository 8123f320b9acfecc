// SPDX-License-Identifier: Apache-2.0
// Writes ONNX files: nodes, weights, inputs and outputs come in, in order, and bytes come out. What
// a network's nodes are is not known here.
//
// ONNX IR 7 with operators of version 13 (onnx 1.8, 2020): https://github.com/onnx/onnx,
// onnx.proto.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace catdog {

inline constexpr int64_t kOnnxIrVersion = 7;
inline constexpr int64_t kOnnxOperators = 13;

// As the length of a dimension: the number of pictures, which whoever runs the graph chooses.
inline constexpr int64_t kOnnxBatch = -1;

// An attribute of a node: a number, or a list of them.
using OnnxAttribute = std::variant<int64_t, std::vector<int64_t>>;
using OnnxAttributes = std::map<std::string, OnnxAttribute>;

// What the graph takes or gives: floats, bytes (uint8) or int64.
struct OnnxValue {
  std::string name;
  torch::Dtype type = torch::kFloat;
  std::vector<int64_t> shape;  // kOnnxBatch may be among it
};

struct OnnxNode {
  std::string op;                   // "Conv"
  std::vector<std::string> inputs;  // names of inputs, constants and other nodes' outputs
  std::string output;
  OnnxAttributes attributes = {};
};

class OnnxGraph {
 public:
  void add_input(OnnxValue value) { inputs_.push_back(std::move(value)); }
  void add_output(OnnxValue value) { outputs_.push_back(std::move(value)); }

  // Weights, or another constant. Gives the name back.
  std::string add_constant(const std::string& name, const torch::Tensor& tensor);

  // The node must come after those that it takes from. Gives the name of its output.
  std::string add_node(OnnxNode node);

  // A text about the file, which readers find by its key.
  void add_metadata(const std::string& key, const std::string& text) { metadata_[key] = text; }

  // The file. Throws Error if it would be larger than the two gigabytes that ONNX allows.
  std::string bytes() const;

 private:
  struct Constant {
    std::string name;
    torch::Tensor tensor;
  };

  std::string graph_bytes() const;

  std::vector<OnnxValue> inputs_, outputs_;
  std::vector<Constant> constants_;
  std::vector<OnnxNode> nodes_;
  std::map<std::string, std::string> metadata_;
};

}  // namespace catdog
