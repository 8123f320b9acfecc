// SPDX-License-Identifier: Apache-2.0
#include "catdog/export/onnx_program.hpp"

#include "catdog/core/error.hpp"
#include "onnx_operators.hpp"

namespace catdog {
namespace {

// Throws unless the tensor is as declared; `batch` is what the number of pictures was found to be,
// -1 as yet.
void require_declared(const OnnxValue& value, const torch::Tensor& tensor, int64_t& batch) {
  bool fits =
      tensor.scalar_type() == value.type && static_cast<size_t>(tensor.dim()) == value.shape.size();
  for (size_t i = 0; fits && i < value.shape.size(); ++i) {
    const int64_t length = tensor.size(static_cast<int64_t>(i));
    if (value.shape[i] == kOnnxBatch && batch < 0) batch = length;
    fits = length == (value.shape[i] == kOnnxBatch ? batch : value.shape[i]);
  }
  if (!fits) throw Error(value.name + " has another type or shape than is declared");
}

const torch::Tensor& find(const OnnxProgram::Tensors& values, const std::string& name) {
  const auto found = values.find(name);
  if (found == values.end()) throw Error("nothing gives the value " + name);
  return found->second;
}

}  // namespace

OnnxProgram::Tensors OnnxProgram::run(const Tensors& inputs) const {
  const torch::NoGradGuard no_gradient;
  Tensors values = file_.constants;
  int64_t batch = -1;
  for (const OnnxValue& input : file_.inputs) {
    require_declared(input, find(inputs, input.name), batch);
    values.emplace(input.name, inputs.at(input.name));
  }
  for (const OnnxNode& node : file_.nodes) {
    std::vector<torch::Tensor> arguments;
    for (const std::string& name : node.inputs) arguments.push_back(find(values, name));
    if (!values.emplace(node.output, onnx::compute(node, arguments)).second) {
      throw Error("the value " + node.output + " is given twice");
    }
  }
  Tensors outputs;
  for (const OnnxValue& output : file_.outputs) {
    const torch::Tensor& tensor = find(values, output.name);
    require_declared(output, tensor, batch);
    outputs.emplace(output.name, tensor);
  }
  return outputs;
}

}  // namespace catdog
