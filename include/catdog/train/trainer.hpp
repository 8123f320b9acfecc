// SPDX-License-Identifier: Apache-2.0
// Training: one epoch at a time, figures as Keras counts them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "catdog/core/error.hpp"
#include "catdog/data/picture_store.hpp"
#include "catdog/judge/calibration.hpp"
#include "catdog/train/config.hpp"
#include "catdog/train/training_step.hpp"

namespace catdog {

// A loss or a weight is not a finite number: the same steps would lead there again.
struct NotFinite : Error {
  using Error::Error;
};

struct EpochResult {
  int epoch;        // from 1
  double loss;      // training: mean over the epoch's pictures, in the forward passes
  double accuracy;  //   that gave the gradients, so with dropout and before each update
  double val_loss;  // validation: every picture once, after the epoch's last step
  double val_accuracy;
  double lr;                     // of the epoch's last step
  double seconds;                // of the whole epoch, validation included
  double images_per_second;      // of the training steps alone
  double waited_share;           // of the training steps' time that was spent waiting for pictures
  Calibration calibration = {};  // by the validation pictures
};

// Where training is within an epoch.
struct Progress {
  int64_t step;  // those done
  int64_t steps;
  double loss;  // means of the epoch so far
  double accuracy;
  double images_per_second;
};

// How far training has come.
struct Position {
  int epochs = 0;          // whole ones, validation included
  int64_t step = 0;        // steps done in the epoch that comes after these
  int64_t pictures = 0;    //   and pictures in them
  double seconds = 0;      //   and time that they took
  int64_t steps_done = 0;  // of all epochs; the number of the next batch
};

// The network that a config asks for, with its first weights, on the device and with its precision.
Network initial_network(const Config& config, size_t classes, torch::Device device);

// Batches begin … end - 1, counted from the very first.
struct BatchRange {
  int64_t begin = LoaderOptions().first_batch;
  int64_t end = LoaderOptions().end_batch;
};

// The training batches that a config asks for.
std::unique_ptr<BatchSource> training_batches(const Config& config, const PictureStore& training,
                                              BatchRange range = {});

class Trainer {
 public:
  // The folders outlive the trainer. `net` lies on `device` already; pictures that are to lie there
  // are read now. Throws DataError, Interrupted.
  Trainer(const Config& config, Network net, const ImageFolder& training,
          const ImageFolder& validation, torch::Device device);

  // Trains one epoch, or what is left of it, and validates. `observe` is called after each step; on
  // a GPU, which must not be waited for so often, after some steps, the last, and when a signal
  // came. What it throws passes through. Throws DataError; NotFinite for a loss or a weight that is not
  // finite, naming the step after which it was seen and that step's pictures; Interrupted between
  // two steps or in validation, after which position() and tensors() are those of the last step.
  EpochResult run_epoch(const std::function<void(const Progress&)>& observe);

  // Everything that training depends on beside the config and the pictures is these two: all random
  // numbers are functions of the seed and the position.
  Position position() const;
  // See TrainingStep::tensors().
  NamedTensors tensors() const { return step_.tensors(); }
  // Goes on from there, once the tensors have been filled; `val_losses` are those of the epochs
  // done.
  void set_position(const Position& position, std::vector<double> val_losses);

  // Throws NotFinite if the epoch's loss or a number of tensors() is not finite, so that nothing of the
  // kind is kept.
  void check_finite() const;

  int64_t steps_per_epoch() const { return steps_per_epoch_; }

  // Whose weights validation judges, and a run keeps: see TrainingStep::kept().
  Network network() const { return step_.kept(); }

 private:
  using Clock = std::chrono::steady_clock;

  // Of the step after so many.
  double lr_factor_after(int64_t steps_done) const;
  void train_to_the_epochs_end(const std::function<void(const Progress&)>& observe);
  // Of the epoch, and of its part in this process.
  double seconds() const;
  double seconds_here() const;
  // Figures of the epoch so far; throws as check_finite() does for the loss.
  TrainingFigures finite_figures() const;
  std::string where() const;

  const Config config_;
  Network net_;
  const torch::Device device_;
  ByteBudget device_memory_;
  const PictureStore training_, validation_;
  std::unique_ptr<BatchSource> batches_;
  TrainingStep step_;
  const int64_t steps_per_epoch_;
  std::vector<double> val_losses_;  // of the epochs done
  int epochs_done_ = 0;
  int64_t epoch_step_ = 0;  // steps done in the present epoch

  Clock::time_point started_;  // the present epoch, in this process
  double seconds_before_ = 0;  // of it in processes before
  std::vector<int64_t> last_batch_;
};

}  // namespace catdog
