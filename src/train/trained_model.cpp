// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/trained_model.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/model/archive.hpp"
#include "recorded_values.hpp"

namespace catdog {
namespace {

constexpr size_t kShortDigits = 16;  // of a SHA-256: enough to know an image again

// What RunRecord writes of a model's making.
void check_training(const Json& training, const std::string& name) {
  check_epoch(training, name, "training");
  if (!training.contains("history")) return;
  for (const Json& epoch : training.at("history").get_ref<const Json::array_t&>()) {
    check_epoch(epoch.get_ref<const Json::object_t&>(), name, "training.history");
  }
}

}  // namespace

std::string short_digest(const std::string& digest) { return digest.substr(0, kShortDigits); }

std::vector<std::string> short_digests(std::vector<std::string> digests) {
  for (std::string& digest : digests) digest = short_digest(digest);
  std::sort(digests.begin(), digests.end());
  return digests;
}

Json to_json(const Calibration& calibration) {
  return {{"temperature", calibration.temperature}, {"threshold", calibration.threshold}};
}

Calibration to_calibration(const Json& json, const std::string& name, const std::string& path) {
  const RecordedFields fields(json, name, path);
  return {.temperature = fields.number("temperature", {kLeastTemperature, kLargestTemperature}),
          .threshold = fields.number("threshold", {0, 1})};
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

TrainedModel to_description(const Json& metadata, const std::string& name) {
  TrainedModel model;
  try {
    metadata.at("classes").get_to(model.classes);
    check_classes(model.classes, name);
    model.config = read_config(metadata.at("config").dump(), name);
    model.training = metadata.at("training").get_ref<const Json::object_t&>();
    check_training(model.training, name);
    model.calibration = to_calibration(metadata.at("calibration"), name, "calibration");
    metadata.at("trained_on").get_to(model.trained_on);
    check_digests(model.trained_on, kShortDigits, name, "trained_on");
    if (!std::is_sorted(model.trained_on.begin(), model.trained_on.end())) {
      throw ModelError(name + ": trained_on is not in sorted order");
    }
  } catch (const Json::exception&) {
    throw ModelError(name + ": its description cannot be read");
  } catch (const ConfigError& error) {
    throw ModelError(error.lines());
  }
  return model;
}

TrainedModel to_trained_model(const Archive& archive, const std::string& name) {
  check_format(archive, kModelFormat, name);
  TrainedModel model = to_description(archive.metadata, name);
  const ModelOptions& options = model.config.model;
  const int side_px = model.config.data.image_size,
            classes = static_cast<int>(model.classes.size());
  try {
    // First, for a short text can describe a network that no memory holds.
    check_tensors(archive.tensors, weights_without_numbers(options, side_px, classes), name);
    check_numbers(archive.tensors, name);
    model.net = Network(options, side_px, classes);
  } catch (const ConfigError& error) {
    throw ModelError(error.lines());
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
