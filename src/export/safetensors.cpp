// SPDX-License-Identifier: Apache-2.0
#include "catdog/export/safetensors.hpp"

#include <bit>
#include <cstring>

#include "catdog/core/error.hpp"
#include "formats.hpp"
#include "reference.hpp"

namespace catdog {
namespace {

static_assert(std::endian::native == std::endian::little,
              "safetensors keeps numbers in that order");

constexpr const char* kMetadata = "__metadata__";
constexpr size_t kLengthBytes = 8, kAlignment = 8;

torch::Tensor read_tensor(const Json& row, std::string_view numbers, size_t& place) {
  const auto shape = row.at("shape").get<std::vector<int64_t>>();
  const auto begin = row.at("data_offsets").at(0).get<size_t>();
  const auto end = row.at("data_offsets").at(1).get<size_t>();
  if (row.at("dtype") != "F32" || begin != place || end < begin || end > numbers.size()) {
    throw Error("has another type or place");
  }
  size_t count = (end - begin) / sizeof(float);
  bool fits = (end - begin) % sizeof(float) == 0;
  for (const int64_t side : shape) {
    fits = fits && side > 0 && count % static_cast<size_t>(side) == 0;
    if (fits) count /= static_cast<size_t>(side);
  }
  if (!fits || count != 1) throw Error("has another size");
  torch::Tensor tensor = torch::empty(shape, torch::kFloat);
  std::memcpy(tensor.mutable_data_ptr(), numbers.data() + begin, end - begin);
  place = end;
  return tensor;
}

}  // namespace

std::string pack_safetensors(const Safetensors& content) {
  Json header = {{kMetadata, content.metadata}};
  std::string numbers;
  for (const auto& [name, tensor] : content.tensors) {
    const torch::Tensor floats = tensor.detach().cpu().contiguous();
    const size_t begin = numbers.size();
    numbers.append(static_cast<const char*>(floats.const_data_ptr()), floats.nbytes());
    header[name] = {{"dtype", "F32"},
                    {"shape", floats.sizes().vec()},
                    {"data_offsets", {begin, numbers.size()}}};
  }
  std::string text = header.dump();
  text.resize((text.size() + kAlignment - 1) / kAlignment * kAlignment, ' ');
  const uint64_t length = text.size();
  std::string bytes(kLengthBytes, '\0');
  std::memcpy(bytes.data(), &length, kLengthBytes);
  return bytes + text + numbers;
}

Safetensors parse_safetensors(std::string_view bytes) {
  uint64_t length = 0;
  if (bytes.size() >= kLengthBytes) std::memcpy(&length, bytes.data(), kLengthBytes);
  if (length == 0 || length > bytes.size() - kLengthBytes) throw Error("is no safetensors file");
  const std::string_view text = bytes.substr(kLengthBytes, length);
  const std::string_view numbers = bytes.substr(kLengthBytes + length);
  Safetensors content;
  size_t place = 0;
  std::string name;
  try {
    const Json header = Json::parse(text);
    for (const auto& [key, row] : header.items()) {
      name = key;
      if (key == kMetadata) {
        content.metadata = row.get<std::map<std::string, std::string>>();
      } else {
        content.tensors.emplace(key, read_tensor(row, numbers, place));
      }
    }
  } catch (const Json::exception&) {
    throw Error("its header cannot be read");
  } catch (const Error& error) {
    throw Error("the tensor " + name + " " + error.what());
  }
  if (place != numbers.size()) throw Error("holds more numbers than its header says");
  return content;
}

std::string to_safetensors(const ExportSource& source) {
  Safetensors content = {weights_of(*source.model.net), description_of(source)};
  content.metadata["format"] = "pt";  // as Hugging Face's libraries ask for
  return pack_safetensors(content);
}

// The weights in a fresh network, made by the config that stands in the file.
OpenedExport open_safetensors(std::string_view bytes) {
  const Safetensors content = parse_safetensors(bytes);
  const Config config = read_config(content.metadata.at("config"), "the file");
  const Json classes = Json::parse(content.metadata.at("classes"), nullptr,
                                   /*allow_exceptions=*/false);
  if (!classes.is_array() || classes.size() < 2) throw Error("the file has no list of classes");
  Network net(config.model, config.data.image_size, static_cast<int>(classes.size()));
  copy_tensors(content.tensors, weights_of(*net), "the file");
  net->eval();
  return [net](const torch::Tensor& pictures) { return run_network(net, pictures); };
}

}  // namespace catdog
