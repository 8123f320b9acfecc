// SPDX-License-Identifier: Apache-2.0
#include "catdog/export/safetensors.hpp"

#include <gtest/gtest.h>

#include "catdog/core/error.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::message_of;

// By the format's description: length of the header, header, numbers.
std::string file_of(const std::string& header, const std::string& numbers) {
  std::string bytes(8, '\0');
  bytes[0] = static_cast<char>(header.size());
  return bytes + header + numbers;
}

const std::string kOneTwo("\x00\x00\x80\x3f\x00\x00\x00\x40", 8);  // 1 and 2 in IEEE 754

TEST(Safetensors, BytesAreThoseOfTheFormat) {
  const Safetensors content = {{{"a", torch::tensor({{1.0F, 2.0F}})}}, {{"k", "v"}}};
  std::string header =
      R"({"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}})";
  while (header.size() % 8 != 0) header += ' ';
  EXPECT_EQ(pack_safetensors(content), file_of(header, kOneTwo));
}

TEST(Safetensors, WhatIsReadIsWhatWasWritten) {
  const Safetensors written = {{{"a", torch::rand({2, 3})}, {"b", torch::rand({4})}},
                               {{"classes", "[\"Käthe \\\"1\\\"\"]"}}};
  const Safetensors read = parse_safetensors(pack_safetensors(written));
  EXPECT_EQ(read.metadata, written.metadata);
  ASSERT_EQ(read.tensors.size(), 2U);
  for (const auto& [name, tensor] : written.tensors) {
    EXPECT_TRUE(torch::equal(read.tensors.at(name), tensor)) << name;
  }
}

TEST(Safetensors, WhateverMemoryOrderAndGradientTheTensorHas) {
  const torch::Tensor tensor =
      torch::rand({2, 3, 4, 5}).contiguous(torch::MemoryFormat::ChannelsLast).requires_grad_();
  const Safetensors read = parse_safetensors(pack_safetensors({{{"a", tensor}}, {}}));
  EXPECT_TRUE(torch::equal(read.tensors.at("a"), tensor));
}

TEST(Safetensors, WhatDoesNotFitIsRefused) {
  const auto refusal = [](const std::string& row, const std::string& numbers) {
    return message_of<Error>([&] { parse_safetensors(file_of("{\"a\":" + row + "}", numbers)); });
  };
  EXPECT_EQ(refusal(R"({"dtype":"F16","shape":[2],"data_offsets":[0,8]})", kOneTwo),
            "the tensor a has another type or place");
  EXPECT_EQ(refusal(R"({"dtype":"F32","shape":[2],"data_offsets":[4,12]})", kOneTwo + kOneTwo),
            "the tensor a has another type or place");
  EXPECT_EQ(refusal(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})", "1234"),
            "the tensor a has another type or place");
  EXPECT_EQ(refusal(R"({"dtype":"F32","shape":[3],"data_offsets":[0,8]})", kOneTwo),
            "the tensor a has another size");
  EXPECT_EQ(refusal(R"({"dtype":"F32","shape":[-2,-1],"data_offsets":[0,8]})", kOneTwo),
            "the tensor a has another size");
  EXPECT_EQ(refusal(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})", kOneTwo + "1"),
            "holds more numbers than its header says");
  EXPECT_EQ(refusal(R"({"dtype":"F32"})", kOneTwo), "its header cannot be read");
  EXPECT_EQ(refusal("{", kOneTwo), "its header cannot be read");
  EXPECT_EQ(message_of<Error>([] { parse_safetensors("short"); }), "is no safetensors file");
  EXPECT_EQ(message_of<Error>([] { parse_safetensors(std::string(100, '\x7f')); }),
            "is no safetensors file");
}

}  // namespace
}  // namespace catdog
