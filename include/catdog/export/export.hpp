// SPDX-License-Identifier: Apache-2.0
// A trained model in the formats that other programs read, each tried before it is used.
//
// All take pictures as they come from a decoder: uint8, (N, S, S, 3), RGB, resized to S × S. They
// give logits, (N) of two classes' second or (N, K) of more, and probabilities (N, K), and compute
// in fp32. A safetensors file holds weights alone; a Python module that does the rest stands beside
// it.
#pragma once

#include <torch/torch.h>

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "catdog/train/trained_model.hpp"

namespace catdog {

enum class ExportFormat { onnx, safetensors, torchscript };

// "onnx", …, in the order of the enumeration.
const std::vector<std::string>& export_format_names();

// Throws ConfigError for another name.
ExportFormat export_format(const std::string& name);

struct ExportSource {
  TrainedModel model;  // on the CPU, in fp32
  std::string digest;  // SHA-256 of the model file
};

// Throws ModelError.
ExportSource load_export_source(const std::filesystem::path& model_file);

// The files that will be written, the one with the weights first. `output` empty: the model file's
// name with the format's ending, beside it. Throws ConfigError if one of them exists (but for the
// first of two, which write_export compares), or if `output` is no name for such a file.
std::vector<std::filesystem::path> export_paths(ExportFormat format,
                                                const std::filesystem::path& model_file,
                                                const std::filesystem::path& output);

// The bytes of each of these files. Throws Error if the format cannot hold so large a network.
std::vector<std::string> export_model(const ExportSource& source, ExportFormat format,
                                      const std::vector<std::filesystem::path>& paths);

// What an exported file gives for pictures: fp32, on the CPU.
struct ExportOutputs {
  torch::Tensor logits;         // (N), or (N, K)
  torch::Tensor probabilities;  // (N, K)
};
using OpenedExport = std::function<ExportOutputs(const torch::Tensor& pictures)>;

// Opens the bytes of the first file by what stands in them alone. Throws Error.
OpenedExport open_export(ExportFormat format, std::string_view bytes);

struct ExportCheck {
  int64_t pictures = 0;
  double largest_difference = 0;  // of logits
};

// Lets the network and the opened file judge the same pictures, noise and smooth ones, in a batch
// of several and one by one. Throws ModelError if the network's logits are not finite, and Error if
// the file's differ by more than kExportTolerance, or by that share of the largest if it is above
// 1, or if its probabilities do not follow from them.
inline constexpr double kExportTolerance = 1e-4;
ExportCheck check_export(const ExportSource& source, const OpenedExport& opened);

// Writes all of them or, if one cannot be written, none. One that is there already and holds just
// these bytes, as after an export that was killed between two files, is as good as written. Throws
// ConfigError if one holds anything else, Error if one cannot be written.
void write_export(const std::vector<std::filesystem::path>& paths,
                  const std::vector<std::string>& contents);

}  // namespace catdog
