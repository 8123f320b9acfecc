// SPDX-License-Identifier: Apache-2.0
#include "catdog/model/archive.hpp"

#include <caffe2/serialize/in_memory_adapter.h>
#include <caffe2/serialize/inline_container.h>
#include <spdlog/fmt/fmt.h>
#include <torch/csrc/jit/serialization/pickle.h>
#include <torch/csrc/jit/serialization/pickler.h>

#include <string_view>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"

namespace catdog {
namespace {

constexpr const char* kMetadataKey = "catdog";
constexpr std::string_view kDigestLabel = "catdog sha256 ";
constexpr size_t kDigestDigits = 64;
constexpr size_t kCommentBytes = kDigestLabel.size() + kDigestDigits;

// The flat dict as torch.save would pickle it: storages apart, as records "data/0", "data/1", …
std::string write_zip(const c10::Dict<c10::IValue, c10::IValue>& dict) {
  std::string pickled;
  torch::jit::Pickler pickler([&](const char* data, size_t size) { pickled.append(data, size); },
                              /*tensor_table=*/nullptr, /*type_renamer=*/nullptr,
                              /*memoized_class_types=*/nullptr, /*get_tensor_id=*/nullptr,
                              /*tag_aggregates=*/false);
  pickler.protocol();
  pickler.pushIValue(dict);
  pickler.stop();

  std::string zip;
  caffe2::serialize::PyTorchStreamWriter writer([&](const void* data, size_t size) {
    zip.append(static_cast<const char*>(data), size);
    return size;
  });
  writer.writeRecord("data.pkl", pickled.data(), pickled.size());
  size_t number = 0;
  for (const torch::Tensor& tensor : pickler.tensorData()) {
    writer.writeRecord(fmt::format("data/{}", number++), tensor.data_ptr(), tensor.nbytes());
  }
  writer.writeEndOfFile();
  return zip;
}

// A zip ends with the length of its comment, two bytes, 0 as yet, and the comment. The digest
// covers everything up to and with that length.
void append_digest(std::string& zip) {
  static_assert(kCommentBytes < 256);
  zip[zip.size() - 2] = static_cast<char>(kCommentBytes);
  zip += fmt::format("{}{}", kDigestLabel, sha256(zip));
}

void check_digest(std::string_view bytes, const std::string& name) {
  const bool is_zip = bytes.starts_with("PK\x03\x04");
  if (!is_zip) throw ModelError(name + ": not a catdog model file");
  const std::string_view comment =
      bytes.substr(bytes.size() - std::min(bytes.size(), kCommentBytes));
  if (!comment.starts_with(kDigestLabel)) {
    throw ModelError(name + ": truncated, or not written by catdog");
  }
  bytes.remove_suffix(kCommentBytes);
  if (sha256(bytes) != comment.substr(kDigestLabel.size())) {
    throw ModelError(name + ": damaged: its content does not match its SHA-256");
  }
}

// Records are stored as they are: what would unpack to more than the file holds is a trap. A right
// digest says that a file is whole, not who wrote it.
void check_sizes(std::string_view bytes, const std::string& name) {
  caffe2::serialize::PyTorchStreamReader reader(
      std::make_shared<caffe2::serialize::MemoryReadAdapter>(bytes.data(),
                                                             static_cast<off_t>(bytes.size())));
  uint64_t total = 0;
  for (const std::string& record : reader.getAllRecords()) {
    const uint64_t size = reader.getRecordSize(record);
    if (size > bytes.size() - total) {
      throw ModelError(name + ": its records unpack to more than the file holds");
    }
    total += size;
  }
}

}  // namespace

NamedTensors weights_of(const torch::nn::Module& module) {
  NamedTensors tensors;
  for (const auto& item : module.named_parameters()) tensors.emplace(item.key(), item.value());
  return tensors;
}

std::string pack_archive(const Archive& archive) {
  c10::impl::GenericDict dict(c10::StringType::get(), c10::AnyType::get());
  for (const auto& [name, tensor] : archive.tensors) {
    // A copy of its own: a view would drag its whole storage along.
    dict.insert(name, tensor.detach().cpu().contiguous().clone());
  }
  dict.insert(kMetadataKey, archive.metadata.dump(1));
  std::string bytes = write_zip(dict);
  append_digest(bytes);
  return bytes;
}

void save_archive(const fs::path& path, const Archive& archive) {
  write_file_atomically(path, pack_archive(archive));
}

Archive parse_archive(std::string_view bytes, const std::string& name) {
  check_digest(bytes, name);
  Archive archive;
  try {
    check_sizes(bytes, name);
    const c10::IValue content = torch::pickle_load({bytes.begin(), bytes.end()});
    for (const auto& item : content.toGenericDict()) {
      const std::string& key = item.key().toStringRef();
      if (key == kMetadataKey) {
        archive.metadata = Json::parse(item.value().toStringRef());
      } else {
        archive.tensors.emplace(key, item.value().toTensor());
      }
    }
  } catch (const ModelError&) {
    throw;
  } catch (const std::exception&) {  // c10's messages carry stack traces: of no use to a user
    throw ModelError(name + ": not a catdog model file");
  }
  if (!archive.metadata.is_object()) throw ModelError(name + ": not a catdog model file");
  return archive;
}

Archive load_archive(const fs::path& path) {
  std::string bytes;
  try {
    bytes = read_file(path);
  } catch (const Error& error) {
    throw ModelError(error.what());
  }
  return parse_archive(bytes, shown(path));
}

void check_format(const Archive& archive, std::string_view format, const std::string& name) {
  const auto found = archive.metadata.find("format");
  const bool is_text = found != archive.metadata.end() && found->is_string();
  const std::string has = is_text ? found->get<std::string>() : "";
  if (has != format) {
    throw ModelError(
        fmt::format("{}: has the format \"{}\", this program reads \"{}\"", name, has, format));
  }
}

void copy_tensors(const NamedTensors& from, const NamedTensors& into, const std::string& name) {
  for (const auto& [key, target] : into) {
    const auto found = from.find(key);
    if (found == from.end()) {
      throw ModelError(fmt::format("{}: the tensor {} is missing", name, key));
    }
    const torch::Tensor& tensor = found->second;
    if (tensor.layout() != torch::kStrided || tensor.sizes() != target.sizes() ||
        tensor.dtype() != target.dtype()) {
      throw ModelError(
          fmt::format("{}: the tensor {} has another shape or type than its network", name, key));
    }
  }
  for (const auto& [key, tensor] : from) {
    if (!into.contains(key)) {
      throw ModelError(
          fmt::format("{}: holds the tensor {}, which its network does not have", name, key));
    }
  }
  const torch::NoGradGuard no_gradient;
  for (const auto& [key, target] : into) torch::Tensor(target).copy_(from.at(key));
}

}  // namespace catdog
