// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/trainer.hpp"

#include <spdlog/fmt/fmt.h>

#include <chrono>
#include <cmath>

#include "catdog/core/error.hpp"
#include "catdog/core/signals.hpp"
#include "catdog/train/inference.hpp"
#include "catdog/train/metrics.hpp"

namespace catdog {
namespace {

// On a GPU, steps that are queued before their figures are waited for.
constexpr int64_t kGpuStepsBetweenLooks = 20;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

std::unique_ptr<BatchSource> training_batches(const Config& config, const PictureStore& training,
                                              int64_t end_batch) {
  return training.batches(training_chain(config.augment, config.train.seed),
                          {.batch_size = config.train.batch_size,
                           .workers = config.data.workers,
                           .shuffle_seed = config.train.seed,
                           .end_batch = end_batch});
}

Trainer::Trainer(const Config& config, ConvNet net, const ImageFolder& training,
                 const ImageFolder& validation, torch::Device device)
    : config_(config),
      net_(std::move(net)),
      device_(device),
      device_memory_(int64_t{config.data.device_mb} << 20),
      training_(training, device, device_memory_, config.data.workers),
      validation_(validation, device, device_memory_, config.data.workers),
      // Validation goes through infer, which takes the evaluation chain.
      batches_(training_batches(config, training_)),
      step_(config, net_, device, recorder(config, device)),
      steps_per_epoch_(config.train.steps_per_epoch > 0
                           ? config.train.steps_per_epoch
                           : batches_per_pass(training.count(), config.train.batch_size)) {}

EpochResult Trainer::run_epoch(const std::function<void(const Progress&)>& observe) {
  const auto start = std::chrono::steady_clock::now();
  const double waited_before = batches_->waited_seconds();
  const int epoch = ++epochs_done_;
  const int64_t steps_between_looks = device_.is_cpu() ? 1 : kGpuStepsBetweenLooks;
  TrainingFigures figures{};
  net_->train();
  step_.start_epoch();
  for (int64_t done = 0; done < steps_per_epoch_;) {
    step_.run(*batches_->next());
    ++done;
    if (done % steps_between_looks == 0 || done == steps_per_epoch_) {
      figures = finite_figures();
      observe({.step = done,
               .steps = steps_per_epoch_,
               .loss = figures.loss,
               .accuracy = figures.accuracy,
               .images_per_second = static_cast<double>(step_.pictures()) / seconds_since(start)});
    }
    throw_if_interrupted();
  }
  check_finite();
  const double training_seconds = seconds_since(start);
  const double waited = batches_->waited_seconds() - waited_before;
  const Evaluation validation = evaluate(infer(net_, validation_, device_, config_.data.workers));
  return {.epoch = epoch,
          .loss = figures.loss,
          .accuracy = figures.accuracy,
          .val_loss = validation.loss,
          .val_accuracy = validation.accuracy,
          .lr = config_.optimizer.lr,
          .seconds = seconds_since(start),
          .images_per_second = static_cast<double>(step_.pictures()) / training_seconds,
          .waited_share = waited / training_seconds};
}

TrainingFigures Trainer::finite_figures() const {
  const TrainingFigures figures = step_.figures();
  if (!std::isfinite(figures.loss)) {
    throw Error(fmt::format(
        "the loss is not a finite number in epoch {}, training step {}: a smaller --lr may help",
        epochs_done_, step_.steps_done()));
  }
  return figures;
}

void Trainer::check_finite() const {
  for (const auto& item : net_->named_parameters()) {
    if (!item.value().isfinite().all().item<bool>()) {
      throw Error(
          fmt::format("the weights {} are not finite numbers after epoch {}, training step "
                      "{}: a smaller --lr may help",
                      item.key(), epochs_done_, step_.steps_done()));
    }
  }
}

}  // namespace catdog
