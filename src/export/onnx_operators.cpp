// SPDX-License-Identifier: Apache-2.0
#include "onnx_operators.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <functional>

#include "catdog/core/error.hpp"
#include "onnx_fields.hpp"

namespace catdog::onnx {
namespace {

using Inputs = std::vector<torch::Tensor>;

template <typename Value>
const Value& attribute(const OnnxNode& node, const char* name) {
  const auto found = node.attributes.find(name);
  if (found == node.attributes.end() || !std::holds_alternative<Value>(found->second)) {
    throw Error(fmt::format("the node {} lacks the attribute {}", node.output, name));
  }
  return std::get<Value>(found->second);
}

int64_t number(const OnnxNode& node, const char* name) { return attribute<int64_t>(node, name); }

const std::vector<int64_t>& numbers(const OnnxNode& node, const char* name) {
  return attribute<std::vector<int64_t>>(node, name);
}

std::vector<int64_t> numbers_or(const OnnxNode& node, const char* name,
                                const std::vector<int64_t>& otherwise) {
  return node.attributes.contains(name) ? numbers(node, name) : otherwise;
}

torch::Tensor convolution(const OnnxNode& node, const Inputs& in) {
  if (numbers(node, "kernel_shape") != in[1].sizes().slice(2).vec()) {
    throw Error("the node " + node.output + " has another kernel than its weights");
  }
  // The pads of an axis, at its beginning and its end, are the same in all that is written here.
  const std::vector<int64_t> pads = numbers_or(node, "pads", {0, 0, 0, 0});
  if (pads.size() != 4 || pads[0] != pads[2] || pads[1] != pads[3]) {
    throw Error("the node " + node.output + " has pads that are not known here");
  }
  return torch::conv2d(in[0], in[1], in.size() > 2 ? in[2] : torch::Tensor(),
                       numbers_or(node, "strides", {1, 1}), {pads[0], pads[1]});
}

// The epsilon that ONNX takes where none is given.
torch::Tensor batch_normalization(const OnnxNode&, const Inputs& in) {
  return torch::batch_norm(in[0], in[1], in[2], in[3], in[4], /*training=*/false, /*momentum=*/0,
                           /*eps=*/1e-5, /*cudnn_enabled=*/false);
}

torch::Tensor average_pool(const OnnxNode& node, const Inputs& in) {
  return torch::avg_pool2d(in[0], numbers(node, "kernel_shape"), numbers(node, "strides"),
                           /*padding=*/0, number(node, "ceil_mode") != 0,
                           /*count_include_pad=*/false);
}

torch::Tensor gemm(const OnnxNode& node, const Inputs& in) {
  const torch::Tensor b = number(node, "transB") != 0 ? in[1].t() : in[1];
  return torch::addmm(in[2], in[0], b);
}

torch::Tensor max_pool(const OnnxNode& node, const Inputs& in) {
  return torch::max_pool2d(in[0], numbers(node, "kernel_shape"), numbers(node, "strides"));
}

torch::Tensor squeeze(const OnnxNode&, const Inputs& in) {
  return in[0].squeeze(in[1].item<int64_t>());
}

struct Operator {
  const char* name;
  size_t inputs;                        // 0: any number
  std::vector<std::string> attributes;  // known here; another one is refused
  std::function<torch::Tensor(const OnnxNode&, const Inputs&)> compute;
};

const std::vector<Operator>& operators() {
  static const std::vector<Operator> table = {
      {"Add", 2, {}, [](auto&, auto& in) { return in[0] + in[1]; }},
      {"AveragePool", 1, {"kernel_shape", "strides", "ceil_mode"}, average_pool},
      {"BatchNormalization", 5, {}, batch_normalization},
      {"Cast",
       1,
       {"to"},
       [](auto& node, auto& in) { return in[0].to(type_of(number(node, "to"))); }},
      {"Concat",
       0,
       {"axis"},
       [](auto& node, auto& in) { return torch::cat(in, number(node, "axis")); }},
      {"Conv", 0, {"kernel_shape", "strides", "pads"}, convolution},
      {"Flatten", 1, {}, [](auto&, auto& in) { return in[0].flatten(1); }},
      {"Gemm", 3, {"transB"}, gemm},
      {"GlobalAveragePool",
       1,
       {},
       [](auto&, auto& in) {
         return in[0].mean({2, 3}, /*keepdim=*/true);
       }},
      {"Identity", 1, {}, [](auto&, auto& in) { return in[0]; }},
      {"MaxPool", 1, {"kernel_shape", "strides"}, max_pool},
      {"Mul", 2, {}, [](auto&, auto& in) { return in[0] * in[1]; }},
      {"Neg", 1, {}, [](auto&, auto& in) { return -in[0]; }},
      {"Relu", 1, {}, [](auto&, auto& in) { return in[0].relu(); }},
      {"Sigmoid", 1, {}, [](auto&, auto& in) { return in[0].sigmoid(); }},
      {"Softmax",
       1,
       {"axis"},
       [](auto& node, auto& in) { return in[0].softmax(number(node, "axis")); }},
      {"Squeeze", 2, {}, squeeze},
      {"Transpose",
       1,
       {"perm"},
       [](auto& node, auto& in) { return in[0].permute(numbers(node, "perm")); }},
  };
  return table;
}

}  // namespace

torch::Tensor compute(const OnnxNode& node, const Inputs& inputs) {
  const auto found = std::find_if(operators().begin(), operators().end(),
                                  [&](const Operator& known) { return known.name == node.op; });
  if (found == operators().end()) {
    throw Error(fmt::format("the node {} has the unknown operator {}", node.output, node.op));
  }
  if (inputs.empty() || (found->inputs > 0 && inputs.size() != found->inputs)) {
    throw Error(fmt::format("the node {} has another number of inputs", node.output));
  }
  for (const auto& [name, value] : node.attributes) {
    if (std::find(found->attributes.begin(), found->attributes.end(), name) ==
        found->attributes.end()) {
      throw Error(fmt::format("the node {} has the unknown attribute {}", node.output, name));
    }
  }
  return found->compute(node, inputs);
}

torch::Dtype type_of(int64_t wanted) {
  for (const auto& [type, known] : kTypes) {
    if (known == wanted) return type;
  }
  throw Error(fmt::format("holds numbers of the unknown type {}", wanted));
}

}  // namespace catdog::onnx
