// SPDX-License-Identifier: Apache-2.0
// The numbers of the fields of ONNX's messages, and of its types: onnx.proto of onnx 1.8, as far as
// they are used here.
#pragma once

#include <torch/torch.h>

#include <protozero/types.hpp>
#include <utility>

namespace catdog::onnx {

enum class Model : protozero::pbf_tag_type {
  ir_version = 1,
  producer_name = 2,
  producer_version = 3,
  graph = 7,
  opset_import = 8,
  metadata_props = 14,
};
enum class OperatorSet : protozero::pbf_tag_type { version = 2 };
enum class Text : protozero::pbf_tag_type { key = 1, value = 2 };
enum class Graph : protozero::pbf_tag_type {
  node = 1,
  name = 2,
  initializer = 5,
  input = 11,
  output = 12,
};
enum class Node : protozero::pbf_tag_type {
  input = 1,
  output = 2,
  name = 3,
  op_type = 4,
  attribute = 5,
};
enum class Attribute : protozero::pbf_tag_type { name = 1, i = 3, ints = 8, type = 20 };
enum class Tensor : protozero::pbf_tag_type { dims = 1, data_type = 2, name = 8, raw_data = 9 };
enum class ValueInfo : protozero::pbf_tag_type { name = 1, type = 2 };
enum class Type : protozero::pbf_tag_type { tensor_type = 1 };
enum class TensorType : protozero::pbf_tag_type { elem_type = 1, shape = 2 };
enum class Shape : protozero::pbf_tag_type { dim = 1 };
enum class Dimension : protozero::pbf_tag_type { value = 1, param = 2 };

// AttributeProto.AttributeType
inline constexpr int32_t kInt = 2, kInts = 7;

// TensorProto.DataType
inline constexpr std::pair<torch::Dtype, int32_t> kTypes[] = {
    {torch::kFloat, 1}, {torch::kByte, 2}, {torch::kLong, 7}};

}  // namespace catdog::onnx
