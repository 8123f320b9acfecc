// SPDX-License-Identifier: Apache-2.0
// Files of tensors: what is saved is loaded, and what is not whole is refused by name.
#include "catdog/model/archive.hpp"

#include <caffe2/serialize/inline_container.h>
#include <gtest/gtest.h>
#include <torch/csrc/jit/api/module.h>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::message_of;
using test::read_text;
using test::TempFolder;
using test::write_text;

Archive make_archive() {
  return {.tensors = {{"a.weight", torch::arange(24).to(torch::kFloat).reshape({2, 3, 2, 2})},
                      {"b", torch::tensor(2.5)},
                      {"c", torch::arange(5)}},
          .metadata = {{"text", "ü"}, {"list", {1, 2}}}};
}

std::string refusal(const fs::path& path) {
  return message_of<ModelError>([&] { load_archive(path); });
}

TEST(Archive, LoadsWhatWasSaved) {
  const TempFolder folder;
  const Archive saved = make_archive();
  save_archive(folder / "a.pt", saved);
  const Archive loaded = load_archive(folder / "a.pt");
  ASSERT_EQ(loaded.tensors.size(), 3u);
  for (const auto& [name, tensor] : saved.tensors) {
    EXPECT_TRUE(torch::equal(loaded.tensors.at(name), tensor)) << name;
    EXPECT_EQ(loaded.tensors.at(name).dtype(), tensor.dtype()) << name;
  }
  EXPECT_EQ(loaded.metadata, saved.metadata);
}

TEST(Archive, EqualContentGivesEqualBytes) {
  const TempFolder folder;
  Archive archive = make_archive();
  save_archive(folder / "a.pt", archive);
  // The same numbers in another order in memory, and as a view into a larger tensor.
  torch::Tensor& tensor = archive.tensors.at("a.weight");
  tensor = tensor.contiguous(torch::MemoryFormat::ChannelsLast);
  archive.tensors.at("c") = torch::arange(100).narrow(0, 0, 5);
  save_archive(folder / "b.pt", archive);
  EXPECT_EQ(read_text(folder / "a.pt"), read_text(folder / "b.pt"));
}

TEST(Archive, EveryTruncationIsRefused) {
  const TempFolder folder;
  save_archive(folder / "a.pt", make_archive());
  const std::string bytes = read_text(folder / "a.pt");
  for (size_t length = 0; length < bytes.size(); length += 1 + length / 50) {
    write_text(folder / "cut.pt", bytes.substr(0, length));
    EXPECT_THROW(load_archive(folder / "cut.pt"), ModelError) << length;
  }
}

TEST(Archive, EveryFlippedBitIsRefused) {
  const TempFolder folder;
  save_archive(folder / "a.pt", make_archive());
  const std::string bytes = read_text(folder / "a.pt");
  for (size_t i = 0; i < bytes.size(); i += 7) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ (1 << i % 8));
    write_text(folder / "bad.pt", damaged);
    EXPECT_THROW(load_archive(folder / "bad.pt"), ModelError) << i;
  }
}

TEST(Archive, SaysWhatIsWrong) {
  const TempFolder folder;
  const std::string path = (folder / "x.pt").string();
  EXPECT_EQ(refusal(path), "cannot read " + path + ": No such file or directory");
  write_text(path, "not a zip");
  EXPECT_EQ(refusal(path), path + ": not a catdog model file");
  write_text(path, "");
  EXPECT_EQ(refusal(path), path + ": not a catdog model file");

  save_archive(path, make_archive());
  std::string bytes = read_text(path);
  write_text(path, bytes.substr(0, bytes.size() - 1));
  EXPECT_EQ(refusal(path), path + ": truncated, or not written by catdog");
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  write_text(path, bytes);
  EXPECT_EQ(refusal(path), path + ": damaged: its content does not match its SHA-256");

  // Files of torch's own: zips as well, but not ours.
  torch::save(torch::ones(3), path);
  EXPECT_EQ(refusal(path), path + ": truncated, or not written by catdog");
  torch::jit::Module("scripted").save(path);
  EXPECT_EQ(refusal(path), path + ": truncated, or not written by catdog");
}

// Someone who can compute a SHA-256 can put one under anything.
std::string with_digest(std::string zip) {
  zip[zip.size() - 2] = static_cast<char>(14 + 64);
  zip += "catdog sha256 " + sha256(zip);
  return zip;
}

std::string what_is_wrong_with(const std::string& bytes) {
  return message_of<ModelError>([&] { parse_archive(bytes, "x"); });
}

TEST(Archive, ARightDigestIsNotEnough) {
  EXPECT_EQ(what_is_wrong_with(with_digest(std::string("PK\x03\x04") + std::string(100, 'x'))),
            "x: not a catdog model file");

  std::string zip;
  const auto append = [&](const void* data, size_t size) {
    zip.append(static_cast<const char*>(data), size);
    return size;
  };
  {  // 64 MB of zeros in a few KB
    caffe2::serialize::PyTorchStreamWriter writer(append);
    const std::string zeros(64 << 20, '\0');
    writer.writeRecord("data.pkl", zeros.data(), zeros.size(), /*compress=*/true);
    writer.writeEndOfFile();
  }
  ASSERT_LT(zip.size(), size_t{1} << 20);
  EXPECT_EQ(what_is_wrong_with(with_digest(zip)),
            "x: its records unpack to more than the file holds");

  zip.clear();
  {
    caffe2::serialize::PyTorchStreamWriter writer(append);
    const std::string text = "no table";
    writer.writeRecord("data.pkl", text.data(), text.size());
    writer.writeEndOfFile();
  }
  EXPECT_EQ(what_is_wrong_with(with_digest(zip)), "x: not a catdog model file");
}

// A file with that table, and one record of 24 bytes.
std::string with_table(const std::string& table) {
  std::string zip;
  caffe2::serialize::PyTorchStreamWriter writer([&](const void* data, size_t size) {
    zip.append(static_cast<const char*>(data), size);
    return size;
  });
  writer.writeRecord("catdog.json", table.data(), table.size());
  const std::string numbers(24, '\0');
  writer.writeRecord("data/0", numbers.data(), numbers.size());
  writer.writeEndOfFile();
  return with_digest(zip);
}

TEST(Archive, TheTableMustFitTheRecords) {
  const auto table = [](const std::string& tensors) {
    return R"({"catdog": {}, "tensors": [)" + tensors + "]}";
  };
  EXPECT_EQ(
      parse_archive(with_table(table(R"(["a", "float32", [2, 3]])")), "x").tensors.at("a").sizes(),
      (std::vector<int64_t>{2, 3}));
  for (const char* tensors :
       {R"(["a", "float32", [2, 2]])", R"(["a", "float32", [7]])", R"(["a", "float64", [2, 3]])",
        R"(["a", "float32", []])", R"(["a", "float32", [0]])", R"(["a", "float32", [-2, -3]])",
        R"(["a", "float32", [4611686018427387904, 4, 6]])", R"(["a", "float31", [2, 3]])",
        R"(["a", "float32"])", R"(["a", "float32", [2, 3]], ["b", "float32", [2, 3]])", "7"}) {
    EXPECT_EQ(what_is_wrong_with(with_table(table(tensors))), "x: not a catdog model file")
        << tensors;
  }
  EXPECT_EQ(what_is_wrong_with(with_table("[]")), "x: catdog.json: must be one JSON object, { … }");
  EXPECT_EQ(what_is_wrong_with(with_table(std::string(100000, '['))),
            "x: catdog.json: lists and objects are nested too deep");
  EXPECT_EQ(what_is_wrong_with(with_table(R"({"catdog": {"a": 1, "a": 2}, "tensors": []})")),
            "x: catdog.json: the key \"a\" stands twice");
  EXPECT_EQ(what_is_wrong_with(with_table(table(""))),
            "x: the record \"data/0\" belongs to no tensor");
}

TEST(Archive, TensorsAreCopiedAllOrNone) {
  const NamedTensors from = {{"a", torch::ones(3)}, {"b", torch::ones({2, 2})}};
  NamedTensors into = {{"a", torch::zeros(3)}, {"b", torch::zeros({2, 2})}};
  copy_tensors(from, into, "x");
  EXPECT_TRUE(torch::equal(into.at("b"), from.at("b")));

  const auto fault = [&](const NamedTensors& other) {
    NamedTensors target = {{"a", torch::zeros(3)}, {"b", torch::zeros({2, 2})}};
    const auto message = message_of<ModelError>([&] { copy_tensors(other, target, "x"); });
    EXPECT_EQ(target.at("a").sum().item<float>(), 0);
    return message;
  };
  EXPECT_EQ(fault({{"a", torch::ones(3)}}), "x: its tensors are not those of its network: only the network has \"b\"");
  EXPECT_EQ(fault({{"a", torch::ones(3)}, {"b", torch::ones(4)}}),
            "x: the tensor b has another shape or type than its network");
  EXPECT_EQ(fault({{"a", torch::ones(3)}, {"b", torch::ones({2, 2}, torch::kHalf)}}),
            "x: the tensor b has another shape or type than its network");
  EXPECT_EQ(fault({{"a", torch::ones(3)}, {"b", torch::ones({2, 2})}, {"c", torch::ones(1)}}),
            "x: its tensors are not those of its network: only the file has \"c\"");
}

}  // namespace
}  // namespace catdog
