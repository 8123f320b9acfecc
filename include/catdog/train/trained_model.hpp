// SPDX-License-Identifier: Apache-2.0
// A network with all that is needed to use it: class names, preprocessing, and how it was made.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "catdog/judge/calibration.hpp"
#include "catdog/model/archive.hpp"
#include "catdog/model/network.hpp"
#include "catdog/train/config.hpp"

namespace catdog {

struct TrainedModel {
  Network net = nullptr;
  std::vector<std::string> classes;  // class 0, class 1 …
  Config config;                     // data.dir absolute: the folder last used
  Json training = {};                // epoch, figures and versions, for a person to read
  Calibration calibration = {};      // by the validation pictures
  // Of the pictures that it was trained on, sorted: see short_digests.
  std::vector<std::string> trained_on = {};
};

// The first 16 digits of a SHA-256: enough to know a picture again.
std::string short_digest(const std::string& digest);
// The same of each, sorted.
std::vector<std::string> short_digests(std::vector<std::string> digests);

Json to_json(const Calibration& calibration);
// `name` is the file's and `path` that of the object in it, for messages. Throws ModelError for
// numbers that calibrate() could not have found; Json::exception where they are missing.
Calibration to_calibration(const Json& json, const std::string& name, const std::string& path);

// The "format" of its file.
inline constexpr const char* kModelFormat = "catdog-model-1";

// What its file holds; the tensors are the network's own, not copies.
Archive to_archive(const TrainedModel& model);

// All but the network, which stays null, from an archive's metadata. Throws ModelError, naming the
// fault, for a value that training could not have written; `name` is the file's.
TrainedModel to_description(const Json& metadata, const std::string& name);

// The same with the network, on the CPU, in inference mode. Throws ModelError, also for tensors
// that are not the network's, or hold numbers that are not finite or variances below 0.
TrainedModel to_trained_model(const Archive& archive, const std::string& name);

void save_model(const std::filesystem::path& path, const TrainedModel& model);

// The same as to_trained_model, for a file.
TrainedModel load_model(const std::filesystem::path& path);

}  // namespace catdog
