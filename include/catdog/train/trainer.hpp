// SPDX-License-Identifier: Apache-2.0
// Training: one epoch at a time, figures as Keras counts them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "catdog/data/picture_store.hpp"
#include "catdog/train/config.hpp"
#include "catdog/train/training_step.hpp"

namespace catdog {

struct EpochResult {
  int epoch;        // from 1
  double loss;      // training: mean over the epoch's pictures, in the forward passes
  double accuracy;  //   that gave the gradients, so with dropout and before each update
  double val_loss;  // validation: every picture once, after the epoch's last step
  double val_accuracy;
  double lr;
  double seconds;            // of the whole epoch, validation included
  double images_per_second;  // of the training steps alone
  double waited_share;       // of the training steps' time that was spent waiting for pictures
};

// Where training is within an epoch.
struct Progress {
  int64_t step;  // those done
  int64_t steps;
  double loss;  // means of the epoch so far
  double accuracy;
  double images_per_second;
};

// The training batches that a config asks for, up to before `end_batch`.
std::unique_ptr<BatchSource> training_batches(const Config& config, const PictureStore& training,
                                              int64_t end_batch = LoaderOptions().end_batch);

class Trainer {
 public:
  // The folders outlive the trainer. `net` lies on `device` already; pictures that are to lie there
  // are read now. Throws DataError, Interrupted.
  Trainer(const Config& config, ConvNet net, const ImageFolder& training,
          const ImageFolder& validation, torch::Device device);

  // Trains one epoch and validates. `observe` is called after each step; on a GPU, which must not
  // be waited for so often, after some steps and the last. Throws DataError; Error for a loss or a
  // weight that is not finite, naming the step after which it was seen; Interrupted.
  EpochResult run_epoch(const std::function<void(const Progress&)>& observe);

 private:
  // Throws Error if a weight is not a finite number: then the figures are worthless, whatever the
  // loss says.
  void check_finite() const;

  // The same of the epoch's loss so far.
  TrainingFigures finite_figures() const;

  const Config config_;
  ConvNet net_;
  const torch::Device device_;
  ByteBudget device_memory_;
  const PictureStore training_, validation_;
  const std::unique_ptr<BatchSource> batches_;
  TrainingStep step_;
  const int64_t steps_per_epoch_;
  int epochs_done_ = 0;
};

}  // namespace catdog
