// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/checkpoint.hpp"

#include "catdog/core/error.hpp"
#include "catdog/train/trained_model.hpp"

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

Position to_position(const Json& json) {
  Position position;
  json.at("epochs").get_to(position.epochs);
  json.at("step").get_to(position.step);
  json.at("pictures").get_to(position.pictures);
  json.at("seconds").get_to(position.seconds);
  json.at("steps_done").get_to(position.steps_done);
  return position;
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

EpochResult to_epoch_result(const Json& json) {
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
  result.calibration = to_calibration(json.at("calibration"));
  return result;
}

// Numbers that no run could have written must not lead anywhere.
void check(const Checkpoint& checkpoint) {
  const Position& position = checkpoint.position;
  const bool well = checkpoint.classes.size() >= 2 && position.epochs >= 0 && position.step >= 0 &&
                    position.pictures >= position.step && position.steps_done >= position.step &&
                    std::ssize(checkpoint.history) == position.epochs &&
                    checkpoint.best.has_value() == (position.epochs > 0);
  if (!well) throw std::invalid_argument("contradicts itself");
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
    checkpoint.config = read_config(metadata.at("config").dump(), name);
    checkpoint.pictures = metadata.at("pictures").get_ref<const Json::object_t&>();
    checkpoint.environment = metadata.at("environment").get_ref<const Json::object_t&>();
    checkpoint.position = to_position(metadata.at("position"));
    for (const Json& result : metadata.at("history")) {
      checkpoint.history.push_back(to_epoch_result(result));
    }
    if (metadata.contains("best")) checkpoint.best = {.tensors = {}, .metadata = metadata["best"]};
    check(checkpoint);
  } catch (const Json::exception&) {
    throw ModelError(name + ": its description cannot be read");
  } catch (const std::invalid_argument&) {
    throw ModelError(name + ": its description contradicts itself");
  } catch (const ConfigError& error) {
    throw ModelError(error.what());
  }
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
