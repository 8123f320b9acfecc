// SPDX-License-Identifier: Apache-2.0
// That exported files compute what the network does, and that one which does not is noticed.
#include "catdog/export/export.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "catdog/core/error.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::message_of;
using test::TempFolder;

constexpr ExportFormat kAll[] = {ExportFormat::onnx, ExportFormat::safetensors,
                                 ExportFormat::torchscript};

// An odd side, so that pooling leaves rows out; biases that are not zero, and above it where a
// hidden unit might otherwise never say anything.
ExportSource make_source(const ModelOptions& options = {.filters = {4, 6},
                                                        .dense_units = 16,
                                                        .dropout = 0.5},
                         const std::vector<std::string>& classes = {"cats", "dogs"}) {
  ExportSource source;
  source.model.config.data = {.dir = "/home/somebody", .image_size = 21};
  source.model.config.model = options;
  source.model.classes = classes;
  source.model.net = Network(options, 21, static_cast<int>(classes.size()));
  source.model.net->initialize(3);
  const torch::NoGradGuard no_gradient;
  for (const auto& [name, tensor] : weights_of(*source.model.net)) {
    if (name.ends_with(".bias")) tensor.uniform_(0.05, 0.3);
    if (name.ends_with("_norm.weight")) tensor.uniform_(0.5, 1.5);
  }
  source.model.net->eval();
  return source;
}

std::string bytes_of(const ExportSource& source, ExportFormat format) {
  return export_model(source, format, {"m"})[0];
}

// The bytes with the sign of the last layer's bias changed, wherever the format keeps it.
std::string with_another_bias(const ExportSource& source, std::string bytes) {
  const torch::Tensor bias = weights_of(*source.model.net).at("dense2.bias").detach();
  const std::string_view number(static_cast<const char*>(bias.const_data_ptr()), bias.nbytes());
  const size_t place = bytes.find(number);
  EXPECT_TRUE(place != std::string::npos && place == bytes.rfind(number));
  bytes[place + 3] = static_cast<char>(bytes[place + 3] ^ 0x80);
  return bytes;
}

TEST(Export, EachFormatComputesWhatTheNetworkDoes) {
  ModelOptions residual;
  apply_architecture(residual, ModelOptions::Architecture::resnet);
  residual.filters = {4, 6};
  residual.blocks = 2;
  residual.stochastic_depth = 0.2;
  ModelOptions normalised = {.filters = {4, 6},
                             .blocks = 2,
                             .norm = ModelOptions::Norm::batch,
                             .head = ModelOptions::Head::average,
                             .dense_units = 0,
                             .dropout = 0};
  for (const ExportSource& source :
       {make_source(), make_source({.filters = {4, 6}, .dense_units = 16, .dropout = 0}),
        make_source(residual), make_source(residual, {"cats", "dogs", "mice"}),
        make_source(normalised)}) {
    for (const ExportFormat format : kAll) {
      const ExportCheck check = check_export(source, open_export(format, bytes_of(source, format)));
      EXPECT_EQ(check.pictures, 8);
      EXPECT_LT(check.largest_difference, 1e-5);
      const torch::Tensor pictures = torch::randint(0, 256, {5, 21, 21, 3}, torch::kByte);
      const ExportOutputs outputs = open_export(format, bytes_of(source, format))(pictures);
      EXPECT_GT((outputs.logits.max() - outputs.logits.min()).item<float>(), 1e-2);
    }
  }
}

TEST(Export, AFileWithOneOtherNumberFailsTheCheck) {
  const ExportSource source = make_source();
  for (const ExportFormat format : kAll) {
    const std::string bytes = with_another_bias(source, bytes_of(source, format));
    const std::string message =
        message_of<Error>([&] { check_export(source, open_export(format, bytes)); });
    EXPECT_EQ(message.substr(0, 57), "the exported file does not compute what the network does:");
  }
}

TEST(Export, ProbabilitiesAreCheckedToo) {
  const ExportSource source = make_source();
  const OpenedExport right = open_export(ExportFormat::onnx, bytes_of(source, ExportFormat::onnx));
  const OpenedExport swapped = [&](const torch::Tensor& pictures) {
    const ExportOutputs outputs = right(pictures);
    return ExportOutputs{outputs.logits, outputs.probabilities.flip(1)};
  };
  EXPECT_THROW(check_export(source, swapped), Error);
  const OpenedExport no_number = [&](const torch::Tensor& pictures) {
    const ExportOutputs outputs = right(pictures);
    return ExportOutputs{outputs.logits * std::nan(""), outputs.probabilities};
  };
  EXPECT_THROW(check_export(source, no_number), Error);
}

TEST(Export, LargeLogitsMayDifferByTheSameShare) {
  const ExportSource source = make_source();
  const torch::NoGradGuard no_gradient;
  weights_of(*source.model.net).at("dense2.weight").mul_(1e4);
  for (const ExportFormat format : kAll) {
    EXPECT_NO_THROW(check_export(source, open_export(format, bytes_of(source, format))));
  }
}

TEST(Export, ANetworkWithoutFiniteLogitsIsNoUse) {
  const ExportSource source = make_source();
  {
    const torch::NoGradGuard no_gradient;
    weights_of(*source.model.net).at("dense2.bias").fill_(std::nan(""));
  }
  for (const ExportFormat format : kAll) {
    EXPECT_EQ(message_of<ModelError>(
                  [&] { check_export(source, open_export(format, bytes_of(source, format))); }),
              "the model gives logits that are not finite numbers: train it anew");
  }
}

TEST(Export, NothingOfTheUsersFoldersIsInAFile) {
  const ExportSource source = make_source();
  for (const ExportFormat format : kAll) {
    for (const std::string& content : export_model(source, format, {"m.safetensors", "m.py"})) {
      EXPECT_EQ(content.find("somebody"), std::string::npos);
    }
  }
}

TEST(Export, PathsStandBesideTheModelAndAreNew) {
  const TempFolder folder;
  const fs::path model = folder / "a.b.pt";
  const auto paths = [&](ExportFormat format, const fs::path& output = {}) {
    return export_paths(format, model, output);
  };
  using Paths = std::vector<fs::path>;
  EXPECT_EQ(paths(ExportFormat::onnx), Paths{folder / "a.b.onnx"});
  EXPECT_EQ(paths(ExportFormat::torchscript), Paths{folder / "a.b.torchscript.pt"});
  EXPECT_EQ(paths(ExportFormat::safetensors),
            (Paths{folder / "a.b.safetensors", folder / "a.b.py"}));
  EXPECT_EQ(export_paths(ExportFormat::onnx, "model", {}), Paths{"model.onnx"});
  EXPECT_EQ(paths(ExportFormat::onnx, "x.pt"), Paths{"x.pt"});
  EXPECT_EQ(message_of<ConfigError>([&] { paths(ExportFormat::safetensors, "x.py"); }),
            "x.py: the Python module beside the weights has that name; -o names another file");
  EXPECT_EQ(message_of<ConfigError>([&] { paths(ExportFormat::onnx, "new/"); }),
            "new/: names a folder; -o names the file to write");
  fs::create_symlink("nowhere", folder / "a.b.py");
  EXPECT_EQ(message_of<ConfigError>([&] { paths(ExportFormat::safetensors); }),
            (folder / "a.b.py").string() + ": exists already and stays; -o names another file");
}

TEST(Export, AllFilesOrNone) {
  const TempFolder folder;
  const auto before = test::snapshot(folder.path());
  EXPECT_THROW(write_export({folder / "a", folder / "none/b"}, {"1", "2"}), Error);
  EXPECT_EQ(test::snapshot(folder.path()), before);
  write_export({folder / "a", folder / "b"}, {"1", "2"});
  EXPECT_EQ(test::read_text(folder / "b"), "2");
}

}  // namespace
}  // namespace catdog
