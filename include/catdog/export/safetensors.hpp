// SPDX-License-Identifier: Apache-2.0
// Files of named tensors in Hugging Face's format, which runs nothing when it is read:
// https://huggingface.co/docs/safetensors. Eight bytes, the length of the header; the header, JSON
// padded by blanks to a multiple of eight bytes; the numbers. Little-endian.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "catdog/model/archive.hpp"

namespace catdog {

struct Safetensors {
  NamedTensors tensors;                         // fp32
  std::map<std::string, std::string> metadata;  // the header's "__metadata__"
};

std::string pack_safetensors(const Safetensors& content);

// Tensors are on the CPU. Throws Error for bytes that are no such file of fp32 tensors, without
// gaps between them.
Safetensors parse_safetensors(std::string_view bytes);

}  // namespace catdog
