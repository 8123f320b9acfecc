// SPDX-License-Identifier: Apache-2.0
// Everything that decides the result of a run: the options of each room, together.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "catdog/core/options.hpp"
#include "catdog/data/image_folder.hpp"
#include "catdog/model/convnet.hpp"
#include "catdog/pictures/augment.hpp"

namespace catdog {

struct OptimizerOptions {
  enum class Name { rmsprop };

  Name name = Name::rmsprop;
  double lr = 1e-4;         // learning rate
  double alpha = 0.9;       // Keras's rho: how much of the mean square is kept each step
  double eps = 1e-8;        // Keras 2.0.8; outside the square root
  double weight_decay = 0;  // added to the gradient as weight_decay × weight

  void describe(OptionTable& table);
};

struct TrainOptions {
  enum class Keep { last, best };

  int epochs = 30;
  int batch_size = 32;
  int steps_per_epoch = 0;  // 0: a whole pass over the training pictures
  Keep keep = Keep::best;   // the weights that become model.pt
  uint64_t seed = 0;        // all randomness derives from it
  std::string device = "auto";
  PrecisionChoice precision = PrecisionChoice::automatic;
  int threads = 0;             // of LibTorch; 0: one a core
  bool cuda_graph = true;      // on a GPU, a step is recorded once and then replayed
  bool deterministic = false;  // what does not repeat to the bit is an error
  bool tensorboard = false;    // a log for TensorBoard, in the run's folder

  void describe(OptionTable& table);
};

struct Config {
  DataOptions data;
  AugmentOptions augment;
  ModelOptions model;
  OptimizerOptions optimizer;
  TrainOptions train;

  // The keys of the config file, bound to this object's fields.
  Sections sections();
};

// Defaults, overlaid by one JSON object, overlaid by settings from the command line. A preset, in
// either, chooses the defaults. Throws one ConfigError that lists all faults.
Config read_config(std::string_view json, const std::string& source,
                   const std::vector<Setting>& settings = {});

Json to_json(const Config& config);

}  // namespace catdog
