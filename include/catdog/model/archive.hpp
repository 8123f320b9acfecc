// SPDX-License-Identifier: Apache-2.0
// The file that models are kept in: named tensors and one JSON object, in a zip that Python's
// torch.load(f) opens with its safe default, closed by the SHA-256 of all that stands before it.
//
// In Python: a dict of tensors, and under the key "catdog" the JSON text. Equal content gives
// equal bytes. The digest is the zip's comment, "catdog sha256 <64 hexadecimal digits>".
//
// Python's dict is a pickle, a program that builds it. It is never run here, for a digest says that
// a file is whole, not who made it: the record "catdog.json" holds the JSON object and a table of
// the tensors' names, types and shapes.
#pragma once

#include <torch/torch.h>

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "catdog/core/options.hpp"

namespace catdog {

using NamedTensors = std::map<std::string, torch::Tensor>;

// A module's parameters by name, and these with its buffers: themselves, not copies.
NamedTensors parameters_of(const torch::nn::Module& module);
NamedTensors weights_of(const torch::nn::Module& module);

struct Archive {
  NamedTensors tensors;
  Json metadata;
};

// The file's bytes. Tensors may lie on any device.
std::string pack_archive(const Archive& archive);

// The archive that `bytes` are; `name` is for messages. Tensors are on the CPU, contiguous. Throws
// ModelError, naming the fault, for anything that is not a whole, unchanged file of catdog's, and
// for a record or a tensor that stands twice, shares its bytes with another, or belongs to nothing.
Archive parse_archive(std::string_view bytes, const std::string& name);

// Writes the file in one step (see write_file_atomically) into a folder that is no link.
void save_archive(const std::filesystem::path& path, const Archive& archive);

// The bytes of such a file. Throws ModelError if it cannot be read.
std::string read_archive_file(const std::filesystem::path& path);

// The same as parse_archive, for a file. Throws ModelError.
Archive load_archive(const std::filesystem::path& path);

// Throws ModelError unless the metadata's "format" is that one; `name` is the file's.
void check_format(const Archive& archive, std::string_view format, const std::string& name);

// Throws ModelError, which names the tensor, unless both sides agree in names, shapes and types;
// `name` is the file's. `like` may be tensors without numbers (torch::kMeta).
void check_tensors(const NamedTensors& tensors, const NamedTensors& like, const std::string& name);

// Copies tensors into those of the same name, or none: checks them first.
void copy_tensors(const NamedTensors& from, const NamedTensors& into, const std::string& name);

}  // namespace catdog
