// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/trained_model.hpp"

#include <spdlog/fmt/fmt.h>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/model/archive.hpp"

namespace catdog {
namespace {

constexpr const char* kFormat = "catdog-model-1";

// Copies the tensors into the network's parameters; both sides must agree in names, shapes and
// types.
void fill_parameters(ConvNetImpl& net, const std::map<std::string, torch::Tensor>& tensors,
                     const std::string& file) {
  const torch::NoGradGuard no_gradient;
  size_t used = 0;
  for (auto& item : net.named_parameters()) {
    const auto found = tensors.find(item.key());
    if (found == tensors.end()) {
      throw ModelError(fmt::format("{}: the tensor {} is missing", file, item.key()));
    }
    const torch::Tensor& tensor = found->second;
    if (tensor.sizes() != item.value().sizes() || tensor.dtype() != item.value().dtype()) {
      throw ModelError(fmt::format("{}: the tensor {} has another shape or type than its network",
                                   file, item.key()));
    }
    item.value().copy_(tensor);
    ++used;
  }
  if (used != tensors.size()) {
    throw ModelError(file + ": holds tensors that its network does not have");
  }
}

}  // namespace

void save_model(const fs::path& path, const TrainedModel& model) {
  Archive archive;
  for (const auto& item : model.net->named_parameters()) {
    archive.tensors.emplace(item.key(), item.value());
  }
  archive.metadata = {{"format", kFormat},
                      {"classes", model.classes},
                      {"config", to_json(model.config)},
                      {"training", model.training}};
  save_archive(path, archive);
}

TrainedModel load_model(const fs::path& path) {
  const std::string file = shown(path);
  const Archive archive = load_archive(path);
  const std::string format = archive.metadata.value("format", "");
  if (format != kFormat) {
    throw ModelError(
        fmt::format("{}: has the format \"{}\", this program reads \"{}\"", file, format, kFormat));
  }
  TrainedModel model;
  try {
    model.classes = archive.metadata.at("classes").get<std::vector<std::string>>();
    model.config = read_config(archive.metadata.at("config").dump(), file);
    model.training = archive.metadata.at("training");
    model.net = ConvNet(model.config.model, model.config.data.image_size);
  } catch (const Json::exception& error) {
    throw ModelError(file + ": its description cannot be read");
  } catch (const ConfigError& error) {
    throw ModelError(error.what());
  }
  if (model.classes.size() != 2) throw ModelError(file + ": does not tell two classes apart");
  fill_parameters(*model.net, archive.tensors, file);
  use_channels_last(*model.net);
  model.net->eval();
  return model;
}

}  // namespace catdog
