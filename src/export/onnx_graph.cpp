// SPDX-License-Identifier: Apache-2.0
#include "catdog/export/onnx_graph.hpp"

#include <spdlog/fmt/fmt.h>

#include <bit>
#include <protozero/pbf_builder.hpp>
#include <stdexcept>

#include "catdog/core/error.hpp"
#include "catdog/version.hpp"
#include "onnx_fields.hpp"

namespace catdog {
namespace {

using protozero::pbf_builder;

static_assert(std::endian::native == std::endian::little, "ONNX keeps numbers in that order");

// Protobuf's limit is 2^31 - 1 bytes for a file; what is no weight needs far less than this.
constexpr uint64_t kMaxWeightBytes = (uint64_t{1} << 31) - (uint64_t{16} << 20);

int32_t number_of(torch::Dtype type) {
  for (const auto& [known, number] : onnx::kTypes) {
    if (known == type) return number;
  }
  throw std::invalid_argument("a type that is not written to ONNX files");
}

// One by one: onnx.proto is of protobuf 2, where a list of numbers is packed only if it says so.
template <typename Fields>
void add_numbers(pbf_builder<Fields>& message, Fields field, const std::vector<int64_t>& numbers) {
  for (const int64_t number : numbers) message.add_int64(field, number);
}

std::string shape_bytes(const std::vector<int64_t>& lengths) {
  std::string bytes;
  pbf_builder<onnx::Shape> shape(bytes);
  for (const int64_t length : lengths) {
    pbf_builder<onnx::Dimension> dimension(shape, onnx::Shape::dim);
    if (length == kOnnxBatch) {
      dimension.add_string(onnx::Dimension::param, "N");
    } else {
      dimension.add_int64(onnx::Dimension::value, length);
    }
  }
  return bytes;
}

std::string bytes_of(const OnnxValue& value) {
  std::string bytes, type_bytes, tensor_bytes;
  pbf_builder<onnx::TensorType> tensor(tensor_bytes);
  tensor.add_int32(onnx::TensorType::elem_type, number_of(value.type));
  tensor.add_message(onnx::TensorType::shape, shape_bytes(value.shape));
  pbf_builder<onnx::Type> type(type_bytes);
  type.add_message(onnx::Type::tensor_type, tensor_bytes);
  pbf_builder<onnx::ValueInfo> info(bytes);
  info.add_string(onnx::ValueInfo::name, value.name);
  info.add_message(onnx::ValueInfo::type, type_bytes);
  return bytes;
}

std::string bytes_of(const std::string& name, const torch::Tensor& constant) {
  const torch::Tensor tensor = constant.cpu().contiguous();
  std::string bytes;
  pbf_builder<onnx::Tensor> message(bytes);
  add_numbers(message, onnx::Tensor::dims, tensor.sizes().vec());
  message.add_int32(onnx::Tensor::data_type, number_of(tensor.scalar_type()));
  message.add_string(onnx::Tensor::name, name);
  message.add_bytes(onnx::Tensor::raw_data, static_cast<const char*>(tensor.const_data_ptr()),
                    tensor.nbytes());
  return bytes;
}

std::string bytes_of(const std::string& name, const OnnxAttribute& attribute) {
  std::string bytes;
  pbf_builder<onnx::Attribute> message(bytes);
  message.add_string(onnx::Attribute::name, name);
  if (const auto* number = std::get_if<int64_t>(&attribute)) {
    message.add_int64(onnx::Attribute::i, *number);
    message.add_int32(onnx::Attribute::type, onnx::kInt);
  } else {
    add_numbers(message, onnx::Attribute::ints, std::get<std::vector<int64_t>>(attribute));
    message.add_int32(onnx::Attribute::type, onnx::kInts);
  }
  return bytes;
}

std::string bytes_of(const OnnxNode& node) {
  std::string bytes;
  pbf_builder<onnx::Node> message(bytes);
  for (const std::string& input : node.inputs) message.add_string(onnx::Node::input, input);
  message.add_string(onnx::Node::output, node.output);
  message.add_string(onnx::Node::name, node.output);
  message.add_string(onnx::Node::op_type, node.op);
  for (const auto& [name, attribute] : node.attributes) {
    message.add_message(onnx::Node::attribute, bytes_of(name, attribute));
  }
  return bytes;
}

}  // namespace

std::string OnnxGraph::add_constant(const std::string& name, const torch::Tensor& tensor) {
  constants_.push_back({name, tensor.detach()});
  return name;
}

std::string OnnxGraph::add_node(OnnxNode node) {
  nodes_.push_back(std::move(node));
  return nodes_.back().output;
}

std::string OnnxGraph::graph_bytes() const {
  std::string bytes;
  pbf_builder<onnx::Graph> graph(bytes);
  for (const OnnxNode& node : nodes_) graph.add_message(onnx::Graph::node, bytes_of(node));
  graph.add_string(onnx::Graph::name, "catdog");
  for (const auto& [name, tensor] : constants_) {
    graph.add_message(onnx::Graph::initializer, bytes_of(name, tensor));
  }
  for (const OnnxValue& value : inputs_) graph.add_message(onnx::Graph::input, bytes_of(value));
  for (const OnnxValue& value : outputs_) graph.add_message(onnx::Graph::output, bytes_of(value));
  return bytes;
}

std::string OnnxGraph::bytes() const {
  uint64_t weights = 0;
  for (const Constant& constant : constants_) weights += constant.tensor.nbytes();
  if (weights > kMaxWeightBytes) {
    throw Error(fmt::format(
        "the weights take {} MB, and an ONNX file holds at most 2,047: --format safetensors has no "
        "such limit",
        weights >> 20));
  }
  std::string bytes;
  pbf_builder<onnx::Model> model(bytes);
  model.add_int64(onnx::Model::ir_version, kOnnxIrVersion);
  model.add_string(onnx::Model::producer_name, "catdog");
  model.add_string(onnx::Model::producer_version, kVersion);
  model.add_message(onnx::Model::graph, graph_bytes());
  {
    pbf_builder<onnx::OperatorSet> operators(model, onnx::Model::opset_import);
    operators.add_int64(onnx::OperatorSet::version, kOnnxOperators);
  }
  for (const auto& [key, value] : metadata_) {
    pbf_builder<onnx::Text> text(model, onnx::Model::metadata_props);
    text.add_string(onnx::Text::key, key);
    text.add_string(onnx::Text::value, value);
  }
  return bytes;
}

}  // namespace catdog
