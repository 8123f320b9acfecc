// SPDX-License-Identifier: Apache-2.0
// The formats: each gives a model's bytes, and opens such bytes.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "catdog/export/export.hpp"

namespace catdog {

std::string to_onnx(const ExportSource& source);
OpenedExport open_onnx(std::string_view bytes);

std::string to_safetensors(const ExportSource& source);
OpenedExport open_safetensors(std::string_view bytes);

std::string to_torchscript(const ExportSource& source);
OpenedExport open_torchscript(std::string_view bytes);

// The text of a Python module that loads the safetensors file `weights`, beside it and of the same
// name but for the ending.
std::string to_python_module(const ExportSource& source, const std::filesystem::path& weights);

// What each file says of itself: "classes", a JSON list; "image_size" and "resize"; "config", JSON,
// without the folder of pictures, which is nobody else's business; "digest"; "catdog_version".
std::map<std::string, std::string> description_of(const ExportSource& source);

// The names of what each takes and gives.
inline constexpr const char *kPictures = "pictures", *kLogits = "logits",
                            *kProbabilities = "probabilities";

}  // namespace catdog
