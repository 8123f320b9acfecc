// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/checkpoint.hpp"

#include "catdog/core/error.hpp"
#include "catdog/train/trained_model.hpp"
#include "recorded_values.hpp"

namespace catdog {
namespace {

constexpr std::string_view kCheckpointFormat = "catdog-checkpoint-1";
constexpr std::string_view kBest = "best.";

Json to_json(const Position& position) {
  return {{"epochs", position.epochs},
          {"step", position.step},
          {"pictures", position.pictures},
          {"seconds", position.seconds},
          {"steps_done", position.steps_done}};
}

Position to_position(const Json& json, const std::string& name) {
  constexpr double kMostSteps = 1e15;  // a million epochs of a thousand million steps
  const RecordedFields fields(json, name, "position");
  return {.epochs = static_cast<int>(fields.whole_number("epochs", {0, 1e6})),
          .step = fields.whole_number("step", {0, kMostSteps}),
          .pictures = fields.whole_number("pictures", {0, kMostSteps}),
          .seconds = fields.number("seconds", {0, kMostSteps}),
          .steps_done = fields.whole_number("steps_done", {0, kMostSteps})};
}

Json to_json(const EpochResult& result) {
  return {{"epoch", result.epoch},
          {"loss", result.loss},
          {"acc", result.accuracy},
          {"val_loss", result.val_loss},
          {"val_acc", result.val_accuracy},
          {"lr", result.lr},
          {"seconds", result.seconds},
          {"images_per_second", result.images_per_second},
          {"waited_share", result.waited_share},
          {"calibration", to_json(result.calibration)}};
}

EpochResult to_epoch_result(const Json& json, const std::string& name) {
  check_epoch(json, name, "history");
  EpochResult result{};
  json.at("epoch").get_to(result.epoch);
  json.at("loss").get_to(result.loss);
  json.at("acc").get_to(result.accuracy);
  json.at("val_loss").get_to(result.val_loss);
  json.at("val_acc").get_to(result.val_accuracy);
  json.at("lr").get_to(result.lr);
  json.at("seconds").get_to(result.seconds);
  json.at("images_per_second").get_to(result.images_per_second);
  json.at("waited_share").get_to(result.waited_share);
  result.calibration = to_calibration(json.at("calibration"), name, "history.calibration");
  return result;
}

// Numbers that no run could have written must not lead anywhere.
void check(const Checkpoint& checkpoint) {
  const Position& position = checkpoint.position;
  const int epochs = checkpoint.config.train.epochs;
  bool well = position.pictures >= position.step &&
              position.steps_done >= position.step + position.epochs &&
              position.epochs + (position.step > 0 ? 1 : 0) <= epochs &&
              std::ssize(checkpoint.history) == position.epochs &&
              checkpoint.best.has_value() == (position.epochs > 0);
  for (size_t i = 0; i < checkpoint.history.size(); ++i) {
    well = well && checkpoint.history[i].epoch == static_cast<int>(i) + 1;
  }
  if (!well) throw std::invalid_argument("contradicts itself");
}

void check_best(const Checkpoint& checkpoint, const std::string& name) {
  if (!checkpoint.best) return;
  const std::string model = name + ": the best model in it";
  check_format(*checkpoint.best, kModelFormat, model);
  if (to_description(checkpoint.best->metadata, model).classes != checkpoint.classes) {
    throw ModelError(model + ": has other classes");
  }
}

// What resuming compares, or takes for its own settings.
void check_surroundings(const Checkpoint& checkpoint, const std::string& name) {
  std::vector<std::string> digests;
  for (const auto& [subset, digest] : checkpoint.pictures.items()) {
    digests.push_back(digest.get<std::string>());
  }
  check_digests(digests, /*digits=*/64, name, "pictures");
  const Json& environment = checkpoint.environment;
  const RecordedFields fields(environment, name, "environment");
  if (fields.contains("threads")) fields.whole_number("threads", {1, 65536});
  if (fields.contains("precision")) environment.at("precision").get_ref<const std::string&>();
}

}  // namespace

Archive to_archive(const Checkpoint& checkpoint) {
  Archive archive = {.tensors = checkpoint.tensors,
                     .metadata = {{"format", kCheckpointFormat},
                                  {"classes", checkpoint.classes},
                                  {"config", to_json(checkpoint.config)},
                                  {"pictures", checkpoint.pictures},
                                  {"environment", checkpoint.environment},
                                  {"position", to_json(checkpoint.position)},
                                  {"history", Json::array()}}};
  for (const EpochResult& result : checkpoint.history) {
    archive.metadata["history"].push_back(to_json(result));
  }
  if (checkpoint.best) {
    archive.metadata["best"] = checkpoint.best->metadata;
    for (const auto& [name, tensor] : checkpoint.best->tensors) {
      archive.tensors.emplace(std::string(kBest) + name, tensor);
    }
  }
  return archive;
}

Checkpoint to_checkpoint(Archive archive, const std::string& name) {
  check_format(archive, kCheckpointFormat, name);
  Checkpoint checkpoint;
  const Json& metadata = archive.metadata;
  try {
    metadata.at("classes").get_to(checkpoint.classes);
    check_classes(checkpoint.classes, name);
    checkpoint.config = read_config(metadata.at("config").dump(), name);
    checkpoint.pictures = metadata.at("pictures").get_ref<const Json::object_t&>();
    checkpoint.environment = metadata.at("environment").get_ref<const Json::object_t&>();
    checkpoint.position = to_position(metadata.at("position"), name);
    for (const Json& result : metadata.at("history")) {
      checkpoint.history.push_back(to_epoch_result(result, name));
    }
    if (metadata.contains("best")) checkpoint.best = {.tensors = {}, .metadata = metadata["best"]};
    check(checkpoint);
    check_surroundings(checkpoint, name);
    check_best(checkpoint, name);
  } catch (const Json::exception&) {
    throw ModelError(name + ": its description cannot be read");
  } catch (const std::invalid_argument&) {
    throw ModelError(name + ": its description contradicts itself");
  } catch (const ConfigError& error) {
    throw ModelError(error.lines());
  }
  check_numbers(archive.tensors, name);
  for (auto& [key, tensor] : archive.tensors) {
    if (checkpoint.best && key.starts_with(kBest)) {
      checkpoint.best->tensors.emplace(key.substr(kBest.size()), std::move(tensor));
    } else {
      checkpoint.tensors.emplace(key, std::move(tensor));
    }
  }
  return checkpoint;
}

}  // namespace catdog
