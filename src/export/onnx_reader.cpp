// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <protozero/exception.hpp>
#include <protozero/pbf_message.hpp>

#include "catdog/core/error.hpp"
#include "catdog/export/onnx_program.hpp"
#include "onnx_fields.hpp"
#include "onnx_operators.hpp"

namespace catdog {
namespace {

using protozero::data_view;
using protozero::pbf_message;

std::vector<int64_t> read_shape(data_view bytes) {
  std::vector<int64_t> lengths;
  pbf_message<onnx::Shape> shape(bytes);
  while (shape.next(onnx::Shape::dim)) {
    int64_t length = 0;
    pbf_message<onnx::Dimension> dimension(shape.get_view());
    while (dimension.next()) {
      if (dimension.tag() == onnx::Dimension::value) {
        length = dimension.get_int64();
      } else {
        dimension.skip();
        length = kOnnxBatch;
      }
    }
    lengths.push_back(length);
  }
  return lengths;
}

OnnxValue read_value(data_view bytes) {
  OnnxValue value;
  pbf_message<onnx::ValueInfo> info(bytes);
  while (info.next()) {
    if (info.tag() == onnx::ValueInfo::name) {
      value.name = info.get_string();
      continue;
    }
    pbf_message<onnx::Type> type(info.get_view());
    while (type.next(onnx::Type::tensor_type)) {
      pbf_message<onnx::TensorType> tensor(type.get_view());
      while (tensor.next()) {
        if (tensor.tag() == onnx::TensorType::elem_type) {
          value.type = onnx::type_of(tensor.get_int32());
        } else {
          value.shape = read_shape(tensor.get_view());
        }
      }
    }
  }
  return value;
}

// Name and numbers.
std::pair<std::string, torch::Tensor> read_constant(data_view bytes) {
  std::string name;
  std::vector<int64_t> shape;
  torch::Dtype type = torch::kFloat;
  data_view raw;
  pbf_message<onnx::Tensor> message(bytes);
  while (message.next()) {
    switch (message.tag()) {
      case onnx::Tensor::dims: shape.push_back(message.get_int64()); break;
      case onnx::Tensor::data_type: type = onnx::type_of(message.get_int32()); break;
      case onnx::Tensor::name: name = message.get_string(); break;
      case onnx::Tensor::raw_data: raw = message.get_view(); break;
      default: throw Error("a constant has an unknown field");
    }
  }
  const torch::Tensor tensor = torch::empty(shape, type);
  if (tensor.nbytes() != raw.size()) throw Error("the constant " + name + " has another size");
  std::memcpy(tensor.mutable_data_ptr(), raw.data(), raw.size());
  return {name, tensor};
}

std::pair<std::string, OnnxAttribute> read_attribute(data_view bytes) {
  std::string name;
  int64_t number = 0, type = 0;
  std::vector<int64_t> numbers;
  pbf_message<onnx::Attribute> message(bytes);
  while (message.next()) {
    switch (message.tag()) {
      case onnx::Attribute::name: name = message.get_string(); break;
      case onnx::Attribute::i: number = message.get_int64(); break;
      case onnx::Attribute::ints: numbers.push_back(message.get_int64()); break;
      case onnx::Attribute::type: type = message.get_int32(); break;
      default: throw Error("an attribute has an unknown field");
    }
  }
  if (type == onnx::kInt) return {name, number};
  if (type == onnx::kInts) return {name, numbers};
  throw Error("the attribute " + name + " has an unknown type");
}

OnnxNode read_node(data_view bytes) {
  OnnxNode node;
  pbf_message<onnx::Node> message(bytes);
  while (message.next()) {
    switch (message.tag()) {
      case onnx::Node::input: node.inputs.push_back(message.get_string()); break;
      case onnx::Node::output: node.output = message.get_string(); break;
      case onnx::Node::op_type: node.op = message.get_string(); break;
      case onnx::Node::attribute: node.attributes.insert(read_attribute(message.get_view())); break;
      case onnx::Node::name: message.skip(); break;
      default: throw Error("a node has an unknown field");
    }
  }
  return node;
}

std::pair<std::string, std::string> read_text(data_view bytes) {
  std::pair<std::string, std::string> text;
  pbf_message<onnx::Text> message(bytes);
  while (message.next()) {
    (message.tag() == onnx::Text::key ? text.first : text.second) = message.get_string();
  }
  return text;
}

void read_graph(data_view bytes, OnnxFile& file) {
  pbf_message<onnx::Graph> graph(bytes);
  while (graph.next()) {
    switch (graph.tag()) {
      case onnx::Graph::node: file.nodes.push_back(read_node(graph.get_view())); break;
      case onnx::Graph::initializer: file.constants.insert(read_constant(graph.get_view())); break;
      case onnx::Graph::input: file.inputs.push_back(read_value(graph.get_view())); break;
      case onnx::Graph::output: file.outputs.push_back(read_value(graph.get_view())); break;
      case onnx::Graph::name: graph.skip(); break;
      default: throw Error("the graph has an unknown field");
    }
  }
}

void require_version(data_view bytes) {
  pbf_message<onnx::OperatorSet> operators(bytes);
  if (!operators.next(onnx::OperatorSet::version) || operators.get_int64() != kOnnxOperators) {
    throw Error("has operators of another version");
  }
}

}  // namespace

OnnxFile read_onnx(std::string_view bytes) {
  OnnxFile file;
  try {
    pbf_message<onnx::Model> model(data_view(bytes.data(), bytes.size()));
    while (model.next()) {
      switch (model.tag()) {
        case onnx::Model::ir_version:
          if (model.get_int64() != kOnnxIrVersion) throw Error("is of another version of ONNX");
          break;
        case onnx::Model::opset_import: require_version(model.get_view()); break;
        case onnx::Model::graph: read_graph(model.get_view(), file); break;
        case onnx::Model::metadata_props: file.metadata.insert(read_text(model.get_view())); break;
        default: model.skip();
      }
    }
  } catch (const protozero::exception& error) {
    throw Error(std::string("is no protobuf of an ONNX model: ") + error.what());
  }
  if (file.outputs.empty()) throw Error("holds no ONNX graph");
  return file;
}

}  // namespace catdog
