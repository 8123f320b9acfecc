// SPDX-License-Identifier: Apache-2.0
#include "catdog/model/archive.hpp"

#include <caffe2/serialize/in_memory_adapter.h>
#include <caffe2/serialize/inline_container.h>
#include <spdlog/fmt/fmt.h>
#include <torch/csrc/jit/serialization/pickler.h>

#include <string_view>

#include "archive_records.hpp"
#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/name_lists.hpp"

namespace catdog {
namespace {

constexpr const char* kMetadataKey = "catdog";
constexpr std::string_view kDigestLabel = "catdog sha256 ";
constexpr size_t kDigestDigits = 64;
constexpr size_t kCommentBytes = kDigestLabel.size() + kDigestDigits;

// The types that a file may hold, by PyTorch's names.
constexpr std::pair<std::string_view, torch::Dtype> kTypes[] = {
    {"bool", torch::kBool},      {"uint8", torch::kByte},        {"int8", torch::kChar},
    {"int16", torch::kShort},    {"int32", torch::kInt},         {"int64", torch::kLong},
    {"float16", torch::kHalf},   {"bfloat16", torch::kBFloat16}, {"float32", torch::kFloat},
    {"float64", torch::kDouble},
};

std::string_view name_of(torch::Dtype type) {
  for (const auto& [name, known] : kTypes) {
    if (known == type) return name;
  }
  throw Error(fmt::format("tensors of the type {} cannot be saved", c10::toString(type)));
}

torch::Dtype type_of(std::string_view name) {
  for (const auto& [known, type] : kTypes) {
    if (known == name) return type;
  }
  throw std::invalid_argument("unknown type");
}

// The flat dict as torch.save would pickle it: storages apart, as records "data/0", "data/1", …
std::string write_zip(const c10::Dict<c10::IValue, c10::IValue>& dict, const Json& table) {
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
  const std::string about = table.dump();
  writer.writeRecord(kTableRecord, about.data(), about.size());
  size_t number = 0;
  for (const torch::Tensor& tensor : pickler.tensorData()) {
    writer.writeRecord(record_of(number++), tensor.data_ptr(), tensor.nbytes());
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

std::vector<std::string> names_of(const NamedTensors& tensors) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : tensors) names.push_back(name);
  return names;
}

// One row of the table, [name, type, shape], and the record with its numbers.
torch::Tensor read_tensor(caffe2::serialize::PyTorchStreamReader& reader, const Json& row,
                          const std::string& record) {
  const torch::Dtype type = type_of(row.at(1).get<std::string>());
  for (const Json& side : row.at(2)) {
    if (!side.is_number_integer()) throw std::invalid_argument("no shape");
  }
  const auto shape = row.at(2).get<std::vector<int64_t>>();
  const size_t size = reader.getRecordSize(record);
  size_t count = size / c10::elementSize(type);
  bool fits = size % c10::elementSize(type) == 0;
  for (const int64_t side : shape) {
    fits = fits && side > 0 && count % static_cast<size_t>(side) == 0;
    if (fits) count /= static_cast<size_t>(side);
  }
  if (!fits || count != 1) throw std::invalid_argument("another number of numbers");
  torch::Tensor tensor = torch::empty(shape, type);
  reader.getRecord(record, tensor.data_ptr(), size);
  return tensor;
}

}  // namespace

NamedTensors parameters_of(const torch::nn::Module& module) {
  NamedTensors tensors;
  for (const auto& item : module.named_parameters()) tensors.emplace(item.key(), item.value());
  return tensors;
}

NamedTensors weights_of(const torch::nn::Module& module) {
  NamedTensors tensors = parameters_of(module);
  for (const auto& item : module.named_buffers()) tensors.emplace(item.key(), item.value());
  return tensors;
}

std::string pack_archive(const Archive& archive) {
  c10::impl::GenericDict dict(c10::StringType::get(), c10::AnyType::get());
  Json tensors = Json::array();
  for (const auto& [name, tensor] : archive.tensors) {
    // A copy of its own: a view would drag its whole storage along.
    dict.insert(name, tensor.detach().cpu().contiguous().clone());
    tensors.push_back({name, name_of(tensor.scalar_type()), tensor.sizes().vec()});
  }
  dict.insert(kMetadataKey, archive.metadata.dump(1));
  std::string bytes =
      write_zip(dict, {{kMetadataKey, archive.metadata}, {"tensors", std::move(tensors)}});
  append_digest(bytes);
  return bytes;
}

void save_archive(const fs::path& path, const Archive& archive) {
  write_file_atomically(path, pack_archive(archive), FolderLink::refuse);
}

Archive parse_archive(std::string_view bytes, const std::string& name) {
  check_digest(bytes, name);
  Archive archive;
  try {
    caffe2::serialize::PyTorchStreamReader reader(
        std::make_shared<caffe2::serialize::MemoryReadAdapter>(bytes.data(),
                                                               static_cast<off_t>(bytes.size())));
    check_sizes(reader, bytes.size(), name);
    const auto [text, length] = reader.getRecord(kTableRecord);
    const std::string_view about(static_cast<const char*>(text.get()), length);
    Json table = parse_json(about, fmt::format("{}: {}", name, kTableRecord));
    archive.metadata = std::move(table.at(kMetadataKey));
    const Json& rows = table.at("tensors");
    check_records(reader, bytes, rows.size(), name);
    size_t number = 0;
    for (const Json& row : rows) {
      const auto key = row.at(0).get<std::string>();
      if (!archive.tensors.emplace(key, read_tensor(reader, row, record_of(number++))).second) {
        throw ModelError(fmt::format("{}: the tensor {} stands twice", name, quoted_name(key)));
      }
    }
  } catch (const ModelError&) {
    throw;
  } catch (const ConfigError& error) {  // parse_json's
    throw ModelError(error.lines());
  } catch (const std::exception&) {  // c10's messages carry stack traces: of no use to a user
    throw ModelError(name + ": not a catdog model file");
  }
  if (!archive.metadata.is_object()) throw ModelError(name + ": not a catdog model file");
  return archive;
}

std::string read_archive_file(const fs::path& path) {
  try {
    return read_file(path);
  } catch (const Error& error) {
    throw ModelError(error.what());
  }
}

Archive load_archive(const fs::path& path) {
  return parse_archive(read_archive_file(path), shown(path));
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

void check_tensors(const NamedTensors& tensors, const NamedTensors& like, const std::string& name) {
  const std::string difference =
      difference_of({"the file", names_of(tensors)}, {"the network", names_of(like)});
  if (!difference.empty()) {
    throw ModelError(
        fmt::format("{}: its tensors are not those of its network: {}", name, difference));
  }
  for (const auto& [key, target] : like) {
    const torch::Tensor& tensor = tensors.at(key);
    if (tensor.layout() != torch::kStrided || tensor.sizes() != target.sizes() ||
        tensor.dtype() != target.dtype()) {
      throw ModelError(
          fmt::format("{}: the tensor {} has another shape or type than its network", name, key));
    }
  }
}

void copy_tensors(const NamedTensors& from, const NamedTensors& into, const std::string& name) {
  check_tensors(from, into, name);
  const torch::NoGradGuard no_gradient;
  for (const auto& [key, target] : into) torch::Tensor(target).copy_(from.at(key));
}

}  // namespace catdog
