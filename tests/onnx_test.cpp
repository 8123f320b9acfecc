// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "catdog/core/error.hpp"
#include "catdog/export/onnx_graph.hpp"
#include "catdog/export/onnx_program.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::message_of;

// y = x · wᵀ + b, of two numbers a picture.
OnnxGraph small_graph() {
  OnnxGraph graph;
  graph.add_input({"x", torch::kFloat, {kOnnxBatch, 2}});
  graph.add_constant("w", torch::tensor({{2.0F, -1.0F}}));
  graph.add_constant("b", torch::tensor({10.0F}));
  graph.add_node({"Gemm", {"x", "w", "b"}, "y", {{"transB", int64_t{1}}}});
  graph.add_output({"y", torch::kFloat, {kOnnxBatch, 1}});
  graph.add_metadata("classes", "[\"cats\",\"dogs\"]");
  return graph;
}

std::string refusal(const OnnxGraph& graph, const torch::Tensor& x = torch::zeros({1, 2})) {
  const std::string bytes = graph.bytes();
  return message_of<Error>([&] { OnnxProgram(read_onnx(bytes)).run({{"x", x}}); });
}

// By protobuf's rules for onnx.proto, written out by hand: field number × 8 + kind, then the
// length.
TEST(Onnx, BytesAreThoseOfTheProtobuf) {
  OnnxGraph graph;
  graph.add_input({"x", torch::kByte, {kOnnxBatch, 3}});
  graph.add_node({"Relu", {"x"}, "y"});
  graph.add_output({"y", torch::kLong, {}});
  const std::string node = "\x0a\x01x\x12\x01y\x1a\x01y\x22\x04Relu";
  const std::string input = std::string("\x0a\x01x") +
                            "\x12\x0f\x0a\x0d\x08\x02\x12\x09\x0a\x03\x12\x01N\x0a\x02\x08\x03";
  const std::string output =
      std::string("\x0a\x01y") + std::string("\x12\x06\x0a\x04\x08\x07\x12\x00", 8);
  const std::string inside = std::string("\x0a\x0f") + node + "\x12\x06" + "catdog" + "\x5a\x14" +
                             input + "\x62\x0b" + output;
  const std::string bytes = graph.bytes();
  EXPECT_EQ(bytes.substr(0, 10),
            "\x08\x07\x12\x06"
            "catdog");
  const std::string field = std::string("\x3a") + static_cast<char>(inside.size()) + inside;
  EXPECT_NE(bytes.find(field), std::string::npos);
  EXPECT_EQ(bytes.substr(bytes.size() - 4), "\x42\x02\x10\x0d");  // operators of version 13
}

TEST(Onnx, WhatIsReadIsWhatWasWritten) {
  const OnnxFile file = read_onnx(small_graph().bytes());
  ASSERT_EQ(file.nodes.size(), 1U);
  EXPECT_EQ(file.nodes[0].op, "Gemm");
  EXPECT_EQ(file.nodes[0].inputs, (std::vector<std::string>{"x", "w", "b"}));
  EXPECT_EQ(std::get<int64_t>(file.nodes[0].attributes.at("transB")), 1);
  EXPECT_EQ(file.inputs.at(0).shape, (std::vector<int64_t>{kOnnxBatch, 2}));
  EXPECT_TRUE(torch::equal(file.constants.at("w"), torch::tensor({{2.0F, -1.0F}})));
  EXPECT_EQ(file.metadata.at("classes"), "[\"cats\",\"dogs\"]");
}

TEST(Onnx, TheProgramComputesForAnyNumberOfPictures) {
  const OnnxProgram program(read_onnx(small_graph().bytes()));
  for (const int64_t batch : {1, 3}) {
    const torch::Tensor x = torch::arange(2 * batch, torch::kFloat).view({batch, 2});
    const torch::Tensor y = program.run({{"x", x}}).at("y");
    ASSERT_EQ(y.sizes(), (std::vector<int64_t>{batch, 1}));
    for (int64_t i = 0; i < batch; ++i) {  // 2·2i - (2i + 1) + 10
      EXPECT_EQ(y[i][0].item<float>(), static_cast<float>(2 * i + 9));
    }
  }
}

// An edge of a picture, by hand: 1×1×4×4 of 0 … 15, with a kernel that takes the middle times two.
TEST(Onnx, ConvolutionAndPooling) {
  OnnxGraph graph;
  const std::vector<int64_t> three = {3, 3}, two = {2, 2};
  torch::Tensor kernel = torch::zeros({1, 1, 3, 3});
  kernel[0][0][1][1] = 2;
  graph.add_input({"x", torch::kByte, {kOnnxBatch, 4, 4, 1}});
  graph.add_constant("w", kernel);
  graph.add_constant("b", torch::tensor({-13.0F}));
  graph.add_node({"Cast", {"x"}, "f", {{"to", int64_t{1}}}});
  graph.add_node({"Transpose", {"f"}, "t", {{"perm", std::vector<int64_t>{0, 3, 1, 2}}}});
  graph.add_node({"Conv", {"t", "w", "b"}, "c", {{"kernel_shape", three}}});
  graph.add_node({"Relu", {"c"}, "r"});
  graph.add_node({"MaxPool", {"c"}, "p", {{"kernel_shape", two}, {"strides", two}}});
  graph.add_output({"r", torch::kFloat, {kOnnxBatch, 1, 2, 2}});
  graph.add_output({"p", torch::kFloat, {kOnnxBatch, 1, 1, 1}});
  const torch::Tensor x = torch::arange(16, torch::kByte).view({1, 4, 4, 1});
  const auto outputs = OnnxProgram(read_onnx(graph.bytes())).run({{"x", x}});
  EXPECT_TRUE(torch::equal(outputs.at("r").flatten(), torch::tensor({0.0F, 0.0F, 5.0F, 7.0F})));
  EXPECT_EQ(outputs.at("p").item<float>(), 7.0F);
}

TEST(Onnx, WhatIsNotAsDeclaredIsRefused) {
  EXPECT_EQ(refusal(small_graph(), torch::zeros({1, 3})),
            "x has another type or shape than is declared");
  EXPECT_EQ(refusal(small_graph(), torch::zeros({1, 2}, torch::kDouble)),
            "x has another type or shape than is declared");
  OnnxGraph graph = small_graph();
  graph.add_output({"y", torch::kFloat, {kOnnxBatch, 7}});
  EXPECT_EQ(refusal(graph), "y has another type or shape than is declared");
  graph = small_graph();
  graph.add_output({"z", torch::kFloat, {}});
  EXPECT_EQ(refusal(graph), "nothing gives the value z");
  graph = small_graph();
  graph.add_node({"Relu", {"x"}, "y"});
  EXPECT_EQ(refusal(graph), "the value y is given twice");
}

TEST(Onnx, WhatIsNotKnownIsRefused) {
  OnnxGraph graph = small_graph();
  graph.add_node({"Erf", {"x"}, "z"});
  EXPECT_EQ(refusal(graph), "the node z has the unknown operator Erf");
  graph = small_graph();
  graph.add_node({"Relu", {"x"}, "z", {{"alpha", int64_t{1}}}});
  EXPECT_EQ(refusal(graph), "the node z has the unknown attribute alpha");
  graph = small_graph();
  graph.add_node({"Mul", {"x"}, "z"});
  EXPECT_EQ(refusal(graph), "the node z has another number of inputs");
  graph = small_graph();
  graph.add_node({"Concat", {"x"}, "z"});
  EXPECT_EQ(refusal(graph), "the node z lacks the attribute axis");
}

TEST(Onnx, DamagedBytesAreRefused) {
  const std::string bytes = small_graph().bytes();
  for (size_t length = 0; length < bytes.size(); ++length) {
    // Cut off between two fields at the end it is whole, but for what stands there.
    try {
      EXPECT_EQ(read_onnx(bytes.substr(0, length)).nodes.size(), 1U) << length;
    } catch (const Error&) {
    }
  }
  EXPECT_THROW(read_onnx("a text"), Error);
  EXPECT_THROW(read_onnx(""), Error);
  std::string other = bytes;
  other[1] = 8;
  EXPECT_EQ(message_of<Error>([&] { read_onnx(other); }), "is of another version of ONNX");
}

TEST(Onnx, ANetworkLargerThanTheFormatIsRefused) {
  OnnxGraph graph;
  // One number in memory that passes for 2^29 of four bytes.
  const torch::Tensor one = torch::zeros({1}).expand({int64_t{1} << 29});
  EXPECT_EQ(message_of<Error>([&] {
              graph.add_constant("w", one);
              graph.bytes();
            }).substr(0, 60),
            "the weights take 2048 MB, and an ONNX file holds at most 2,0");
}

}  // namespace
}  // namespace catdog
