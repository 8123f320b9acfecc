// SPDX-License-Identifier: Apache-2.0
// The file that models are kept in: named tensors and one JSON object, in a zip that Python's
// torch.load(f) opens with its safe default, closed by the SHA-256 of all that stands before it.
//
// In Python: a dict of tensors, and under the key "catdog" the JSON text. Equal content gives
// equal bytes. The digest is the zip's comment, "catdog sha256 <64 hexadecimal digits>".
#pragma once

#include <torch/torch.h>

#include <filesystem>
#include <map>
#include <string>

#include "catdog/core/options.hpp"

namespace catdog {

struct Archive {
  std::map<std::string, torch::Tensor> tensors;
  Json metadata;
};

// Writes the file in one step (see write_file_atomically). Tensors may lie on any device.
void save_archive(const std::filesystem::path& path, const Archive& archive);

// Throws ModelError, naming the file and the fault, for anything that is not a whole, unchanged
// file of save_archive's. Tensors are on the CPU, contiguous.
Archive load_archive(const std::filesystem::path& path);

}  // namespace catdog
