// SPDX-License-Identifier: Apache-2.0
// Everything that decides the result of a run: the options of each room, together.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "catdog/core/options.hpp"
#include "catdog/data/image_folder.hpp"
#include "catdog/model/layers.hpp"
#include "catdog/model/precision.hpp"
#include "catdog/pictures/augment.hpp"

namespace catdog {

struct OptimizerOptions {
  enum class Name { rmsprop, sgd, adam, adamw, muon };

  Name name = Name::rmsprop;
  double lr = 1e-4;         // learning rate, before the schedule
  double alpha = 0.9;       // rmsprop; Keras's rho: how much of the mean square is kept each step
  double eps = 1e-8;        // all but sgd; Keras 2.0.8; outside the square root
  double momentum = 0.9;    // sgd, muon
  bool nesterov = false;    // sgd
  double beta1 = 0.9;       // adam, adamw, muon: how much of the mean is kept each step
  double beta2 = 0.999;     //   and of the mean square
  double weight_decay = 0;  // see Optimizer
  bool decay_vectors = false;  // also of biases and normalisation
  double clip_norm = 0;        // of all gradients together; 0: as it is

  void describe(OptionTable& table);
};

// The learning rate over time, as a factor of the optimiser's.
struct ScheduleOptions {
  enum class Name { constant, step, cosine, plateau };

  Name name = Name::constant;
  double warmup_epochs = 0;  // in which it rises from 0, in a line
  double every_epochs = 30;  // step: how often the factor is applied
  double factor = 0.1;       // step, plateau
  double final_share = 0;    // cosine: what it comes to at the very end
  int patience = 10;         // plateau: epochs without a lower validation loss

  void describe(OptionTable& table);
};

struct TrainOptions {
  enum class Keep { last, best };

  int epochs = 30;
  int batch_size = 32;
  int steps_per_epoch = 0;  // 0: a whole pass over the training pictures
  int first_size = 0;       // px: training's pictures in its first pass; 0: data.image_size
  int last_size = 0;        // px: in its last pass
  Keep keep = Keep::best;   // the weights that become model.pt
  int patience = 0;         // epochs without a better one that end a run; 0: none
  double label_smoothing = 0;    // the share of a label that is spread over the classes
  bool balance_classes = false;  // rare classes count for as much as frequent ones
  int accumulate = 1;            // parts of a batch, computed one after another
  double average = 0;            // decay of the moving average of the weights; 0: none
  uint64_t seed = 0;             // all randomness derives from it
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
  ScheduleOptions schedule;
  TrainOptions train;

  // px: width and height of training's pictures in its first and in its last pass.
  int first_px() const { return train.first_size > 0 ? train.first_size : data.image_size; }
  int last_px() const { return train.last_size > 0 ? train.last_size : data.image_size; }

  // The keys of the config file, bound to this object's fields.
  Sections sections();
};

// Defaults, overlaid by one JSON object, overlaid by settings from the command line. A preset, in
// either, chooses the defaults. Throws one ConfigError that lists all faults.
Config read_config(std::string_view json, const std::string& source,
                   const std::vector<Setting>& settings = {});

Json to_json(const Config& config);

}  // namespace catdog
