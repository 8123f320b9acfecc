// SPDX-License-Identifier: Apache-2.0
// Reads ONNX files and computes what they say, by LibTorch's operations: so that a file which was
// written can be tried by what stands in it alone.
#pragma once

#include <torch/torch.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catdog/export/onnx_graph.hpp"

namespace catdog {

// What stands in a file.
struct OnnxFile {
  std::vector<OnnxValue> inputs, outputs;
  std::map<std::string, torch::Tensor> constants;
  std::vector<OnnxNode> nodes;
  std::map<std::string, std::string> metadata;
};

// Throws Error for bytes that are no ONNX file, or not one of the kind that OnnxGraph writes.
OnnxFile read_onnx(std::string_view bytes);

class OnnxProgram {
 public:
  using Tensors = std::map<std::string, torch::Tensor>;

  explicit OnnxProgram(OnnxFile file) : file_(std::move(file)) {}

  // The graph's outputs for these inputs. Throws Error for an operator or attribute that is not
  // known here, and where a name, type or shape is not as the file declares it.
  Tensors run(const Tensors& inputs) const;

  const OnnxFile& file() const { return file_; }

 private:
  OnnxFile file_;
};

}  // namespace catdog
