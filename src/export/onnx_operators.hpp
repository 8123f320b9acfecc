// SPDX-License-Identifier: Apache-2.0
// What ONNX's operators compute, one row each.
#pragma once

#include <torch/torch.h>

#include <vector>

#include "catdog/export/onnx_graph.hpp"

namespace catdog::onnx {

// The node's output for the values of its inputs, by version 13 of the operators. Throws Error for
// an operator, or an attribute, that is not in the table.
torch::Tensor compute(const OnnxNode& node, const std::vector<torch::Tensor>& inputs);

// The type that a number in a file stands for. Throws Error for another.
torch::Dtype type_of(int64_t number);

}  // namespace catdog::onnx
