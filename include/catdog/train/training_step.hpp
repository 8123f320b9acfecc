// SPDX-License-Identifier: Apache-2.0
// One update of the weights: forward, loss, backward, optimiser, and the figures of the epoch. On a
// GPU a step is only queued; nothing waits until the figures are asked for.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "catdog/data/batch_source.hpp"
#include "catdog/model/network.hpp"
#include "catdog/train/config.hpp"
#include "catdog/train/optimizer.hpp"
#include "catdog/train/recorded_work.hpp"
#include "catdog/train/weight_average.hpp"

namespace catdog {

// Means over pictures: loss in nats, accuracy as a share.
struct TrainingFigures {
  double loss;
  double accuracy;
};

class TrainingStep {
 public:
  using Record = std::function<std::unique_ptr<RecordedWork>(const std::function<void()>& work)>;

  // `net` lies on `device` already. Steps of whole batches are recorded, if `record` can.
  // `class_weights` (K,) float: what the loss of a picture is multiplied by, by its class;
  // undefined: 1.
  TrainingStep(const Config& config, Network net, torch::Device device, Record record,
               const torch::Tensor& class_weights = {});

  // With `lr_factor` times the config's learning rate. Dropout's numbers are a function of the seed
  // and of how many steps were done before. With train.deterministic the first step of a process is
  // computed once more: throws Error unless its gradients are the same bits.
  void run(const Batch& batch, double lr_factor = 1);

  // Figures count from here.
  void start_epoch();

  // Of the pictures since start_epoch(), each in the forward pass that gave its gradient. Waits for
  // the device.
  TrainingFigures figures() const;

  // All tensors that later steps and figures depend on, by name: "model.<weight>",
  // "optimizer.<…>", "average.<weight>" with train.average, "sums". They are the step's own: what
  // is copied into them counts.
  NamedTensors tensors() const;

  // Goes on from there, once the tensors have been filled.
  void set_position(int64_t pictures, int64_t steps_done);

  int64_t pictures() const { return pictures_; }  // since start_epoch()
  int64_t steps_done() const { return steps_done_; }

  // Whose weights are to be judged and kept: the network that is trained, or the moving average of
  // it.
  Network kept() const { return average_ ? average_->network() : net_; }

 private:
  void seed_dropout() const;
  void check_repeat(const torch::Tensor& images, const torch::Tensor& targets);
  void update(const torch::Tensor& images, const torch::Tensor& targets);
  void replay(const torch::Tensor& images, const torch::Tensor& targets);

  const uint64_t seed_;
  const int64_t batch_size_, parts_;
  const double lr_, label_smoothing_;
  const torch::Device device_;
  Network net_;
  const torch::Tensor class_weights_;
  Optimizer optimizer_;
  std::optional<WeightAverage> average_;
  torch::Tensor sums_;  // (2,) double: of the pictures' losses, and of those told rightly
  int64_t pictures_ = 0;
  int64_t steps_done_ = 0;

  bool must_check_repeat_;
  Record record_;  // empty once it is known that it cannot
  int whole_batches_done_ = 0;
  std::unique_ptr<RecordedWork> recorded_;  // an update with these:
  torch::Tensor recorded_images_, recorded_targets_;
};

// How the config wants steps to be recorded on that device; empty: not at all.
TrainingStep::Record recorder(const Config& config, torch::Device device);

}  // namespace catdog
