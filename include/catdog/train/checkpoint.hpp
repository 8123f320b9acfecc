// SPDX-License-Identifier: Apache-2.0
// A run at one moment, whole: from this file and the pictures it goes on as if it had never
// stopped, and everything else in its folder can be written anew.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catdog/model/archive.hpp"
#include "catdog/train/config.hpp"
#include "catdog/train/trainer.hpp"

namespace catdog {

struct Checkpoint {
  Config config;
  std::vector<std::string> classes;
  Json pictures = {};     // of "train" and "validation", the pictures_digest
  Json environment = {};  // of the process that wrote it: see environment()
  Position position;
  NamedTensors tensors;  // Trainer::tensors()
  std::vector<EpochResult> history;
  std::optional<Archive> best;  // the best epoch's model file; none before the first epoch's end
};

Archive to_archive(const Checkpoint& checkpoint);

// Throws ModelError; `name` is the file's. The tensors are compared when they are put to use.
Checkpoint to_checkpoint(Archive archive, const std::string& name);

}  // namespace catdog
