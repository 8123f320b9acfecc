// SPDX-License-Identifier: Apache-2.0
// A run as its folder records it: config.json, metrics.csv and env.json, read and never changed.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "catdog/core/options.hpp"

namespace catdog {

// One row of metrics.csv; all of them are finite numbers.
struct RecordedEpoch {
  int epoch;  // from 1
  double loss, accuracy, val_loss, val_accuracy;
  double seconds;  // validation included
};

struct RecordedRun {
  std::string name;  // the folder's
  Json config;
  std::vector<RecordedEpoch> epochs;    // those that ended; none where the first did not
  std::optional<Json> environment;      // none: env.json is missing or damaged,
  std::string why_no_environment = "";  //   and this says which

  // By the rule of judge/epoch_order.hpp. There is an epoch.
  const RecordedEpoch& best_epoch() const;
  // The epoch whose weights became model.pt, by train.keep. There is an epoch.
  const RecordedEpoch& kept_epoch() const;
};

// `name` in the folder of a run, for reading. Throws Error if it is a symbolic link that leads out
// of that folder: a run that comes from somebody else could name any file of this machine so.
std::filesystem::path file_of_run(const std::filesystem::path& folder,
                                  const std::filesystem::path& name);

// Throws ModelError if config.json or metrics.csv is missing or damaged.
RecordedRun read_recorded_run(const std::filesystem::path& folder);

}  // namespace catdog
