// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/trained_model.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/model/archive.hpp"

namespace catdog {
namespace {

constexpr const char* kModelFormat = "catdog-model-1";

}  // namespace

std::string short_digest(const std::string& digest) { return digest.substr(0, 16); }

std::vector<std::string> short_digests(std::vector<std::string> digests) {
  for (std::string& digest : digests) digest = short_digest(digest);
  std::sort(digests.begin(), digests.end());
  return digests;
}

Json to_json(const Calibration& calibration) {
  return {{"temperature", calibration.temperature}, {"threshold", calibration.threshold}};
}

Calibration to_calibration(const Json& json) {
  return {.temperature = json.at("temperature").get<double>(),
          .threshold = json.at("threshold").get<double>()};
}

Archive to_archive(const TrainedModel& model) {
  return {.tensors = weights_of(*model.net),
          .metadata = {{"format", kModelFormat},
                       {"classes", model.classes},
                       {"config", to_json(model.config)},
                       {"training", model.training},
                       {"calibration", to_json(model.calibration)},
                       {"trained_on", model.trained_on}}};
}

TrainedModel to_trained_model(const Archive& archive, const std::string& name) {
  check_format(archive, kModelFormat, name);
  TrainedModel model;
  try {
    model.classes = archive.metadata.at("classes").get<std::vector<std::string>>();
    if (model.classes.size() < 2) throw ModelError(name + ": has fewer than two classes");
    const auto classes = static_cast<int>(model.classes.size());
    model.config = read_config(archive.metadata.at("config").dump(), name);
    model.training = archive.metadata.at("training");
    model.calibration = to_calibration(archive.metadata.at("calibration"));
    archive.metadata.at("trained_on").get_to(model.trained_on);
    // First, for a short text can describe a network that no memory holds.
    check_tensors(
        archive.tensors,
        weights_without_numbers(model.config.model, model.config.data.image_size, classes), name);
    model.net = Network(model.config.model, model.config.data.image_size, classes);
  } catch (const Json::exception& error) {
    throw ModelError(name + ": its description cannot be read");
  } catch (const ConfigError& error) {
    throw ModelError(error.what());
  }
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
