// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/trained_model.hpp"

#include <spdlog/fmt/fmt.h>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/model/archive.hpp"

namespace catdog {
namespace {

constexpr const char* kFormat = "catdog-model-1";

}  // namespace

Archive to_archive(const TrainedModel& model) {
  return {.tensors = weights_of(*model.net),
          .metadata = {{"format", kFormat},
                       {"classes", model.classes},
                       {"config", to_json(model.config)},
                       {"training", model.training}}};
}

TrainedModel to_trained_model(const Archive& archive, const std::string& name) {
  check_format(archive, kFormat, name);
  TrainedModel model;
  try {
    model.classes = archive.metadata.at("classes").get<std::vector<std::string>>();
    model.config = read_config(archive.metadata.at("config").dump(), name);
    model.training = archive.metadata.at("training");
    model.net = ConvNet(model.config.model, model.config.data.image_size);
  } catch (const Json::exception& error) {
    throw ModelError(name + ": its description cannot be read");
  } catch (const ConfigError& error) {
    throw ModelError(error.what());
  }
  if (model.classes.size() != 2) throw ModelError(name + ": does not tell two classes apart");
  copy_tensors(archive.tensors, weights_of(*model.net), name);
  use_channels_last(*model.net);
  model.net->eval();
  return model;
}

void save_model(const fs::path& path, const TrainedModel& model) {
  save_archive(path, to_archive(model));
}

TrainedModel load_model(const fs::path& path) {
  return to_trained_model(load_archive(path), shown(path));
}

}  // namespace catdog
