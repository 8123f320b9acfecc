// SPDX-License-Identifier: Apache-2.0
// A model as an ONNX file: the pictures' bytes become numbers, the network's logit probabilities.
#include "architecture.hpp"
#include "catdog/export/onnx_program.hpp"
#include "formats.hpp"

namespace catdog {
namespace {

// Bytes (N, S, S, 3) → floats (N, 3, S, S) in [0, 1].
std::string add_input(OnnxGraph& graph, int64_t side_px) {
  graph.add_input({kPictures, torch::kByte, {kOnnxBatch, side_px, side_px, 3}});
  const std::string scale = graph.add_constant("scale", torch::tensor(1.0 / 255, torch::kFloat));
  const int64_t kFloat = 1;  // TensorProto.DataType
  std::string x = graph.add_node({"Cast", {kPictures}, "numbers", {{"to", kFloat}}});
  x = graph.add_node({"Mul", {x, scale}, "scaled"});
  const std::vector<int64_t> channels_first = {0, 3, 1, 2};
  return graph.add_node({"Transpose", {x}, "images", {{"perm", channels_first}}});
}

// The second class's logit z (N, 1) → it, and [sigmoid(-z), sigmoid(z)], which is more exact than
// 1 - sigmoid(z) where that is small.
void add_two_classes(OnnxGraph& graph, const std::string& z) {
  const std::string axis = graph.add_constant("axis", torch::tensor({1}, torch::kLong));
  graph.add_node({"Squeeze", {z, axis}, kLogits});
  const std::string opposite = graph.add_node({"Neg", {z}, "opposite"});
  const std::string both =
      graph.add_node({"Concat", {opposite, z}, "both", {{"axis", int64_t{1}}}});
  graph.add_node({"Sigmoid", {both}, kProbabilities});
  graph.add_output({kLogits, torch::kFloat, {kOnnxBatch}});
}

// z (N, K) → it, and its softmax.
void add_classes(OnnxGraph& graph, const std::string& z, int64_t classes) {
  graph.add_node({"Identity", {z}, kLogits});
  graph.add_node({"Softmax", {z}, kProbabilities, {{"axis", int64_t{1}}}});
  graph.add_output({kLogits, torch::kFloat, {kOnnxBatch, classes}});
}

}  // namespace

std::string to_onnx(const ExportSource& source) {
  const NetworkImpl& net = *source.model.net;
  OnnxGraph graph;
  const std::string z = add_network(graph, net, add_input(graph, net.image_size_px()));
  if (net.classes() == 2) {
    add_two_classes(graph, z);
  } else {
    add_classes(graph, z, net.classes());
  }
  graph.add_output({kProbabilities, torch::kFloat, {kOnnxBatch, net.classes()}});
  for (const auto& [key, text] : description_of(source)) graph.add_metadata(key, text);
  return graph.bytes();
}

OpenedExport open_onnx(std::string_view bytes) {
  return [program = OnnxProgram(read_onnx(bytes))](const torch::Tensor& pictures) {
    const OnnxProgram::Tensors outputs = program.run({{kPictures, pictures}});
    return ExportOutputs{outputs.at(kLogits), outputs.at(kProbabilities)};
  };
}

}  // namespace catdog
