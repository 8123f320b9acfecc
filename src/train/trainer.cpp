// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/trainer.hpp"

#include <spdlog/fmt/fmt.h>

#include <chrono>
#include <cmath>

#include "catdog/core/error.hpp"
#include "catdog/core/random.hpp"
#include "catdog/core/signals.hpp"
#include "catdog/train/inference.hpp"
#include "catdog/train/metrics.hpp"

namespace catdog {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

BatchLoader training_loader(const Config& config, const ImageFolder& training, int64_t end_batch) {
  return {training, training_chain(config.augment, config.train.seed),
          LoaderOptions{.batch_size = config.train.batch_size,
                        .workers = config.data.workers,
                        .shuffle_seed = config.train.seed,
                        .end_batch = end_batch}};
}

Trainer::Trainer(const Config& config, ConvNet net, const ImageFolder& training,
                 const ImageFolder& validation, torch::Device device)
    : config_(config),
      net_(std::move(net)),
      validation_(validation),
      device_(device),
      optimizer_(config.optimizer, net_->parameters()),
      // Validation goes through infer, which takes the evaluation chain.
      loader_(training_loader(config, training)),
      steps_per_epoch_(config.train.steps_per_epoch > 0
                           ? config.train.steps_per_epoch
                           : batches_per_pass(training.count(), config.train.batch_size)) {}

EpochResult Trainer::run_epoch(const std::function<void(const Progress&)>& observe) {
  const auto start = std::chrono::steady_clock::now();
  const double waited_before = loader_.waited_seconds();
  const int epoch = ++epochs_done_;
  Average loss, accuracy;
  net_->train();
  for (int64_t done = 0; done < steps_per_epoch_;) {
    const Batch batch = *loader_.next();
    const auto [batch_loss, batch_accuracy] = step(batch);
    loss.add(batch_loss, batch.labels.numel());
    accuracy.add(batch_accuracy, batch.labels.numel());
    observe({.step = ++done,
             .steps = steps_per_epoch_,
             .loss = loss.value(),
             .accuracy = accuracy.value(),
             .images_per_second = static_cast<double>(loss.count()) / seconds_since(start)});
    throw_if_interrupted();
  }
  check_finite();
  const double training_seconds = seconds_since(start);
  const double waited = loader_.waited_seconds() - waited_before;
  const Evaluation validation = evaluate(infer(net_, validation_, device_, config_.data.workers));
  return {.epoch = epoch,
          .loss = loss.value(),
          .accuracy = accuracy.value(),
          .val_loss = validation.loss,
          .val_accuracy = validation.accuracy,
          .lr = config_.optimizer.lr,
          .seconds = seconds_since(start),
          .images_per_second = static_cast<double>(loss.count()) / training_seconds,
          .waited_share = waited / training_seconds};
}

void Trainer::check_finite() const {
  for (const auto& item : net_->named_parameters()) {
    if (!item.value().isfinite().all().item<bool>()) {
      throw Error(
          fmt::format("the weights {} are not finite numbers after epoch {}, training step "
                      "{}: a smaller --lr may help",
                      item.key(), epochs_done_, steps_done_));
    }
  }
}

std::pair<double, double> Trainer::step(const Batch& batch) {
  // Dropout's numbers depend on the seed and the step, not on what was drawn before.
  torch::manual_seed(Rng(config_.train.seed, Stream::dropout,
                         static_cast<uint32_t>(steps_done_ >> 32),
                         static_cast<uint32_t>(steps_done_))
                         .next_u64());
  ++steps_done_;
  const torch::Tensor images = batch.images.to(device_), labels = batch.labels.to(device_);
  optimizer_.zero_grad();
  const torch::Tensor logits = net_(images);
  const torch::Tensor loss = torch::binary_cross_entropy_with_logits(logits, labels);
  const double loss_value = loss.item<double>();
  if (!std::isfinite(loss_value)) {
    throw Error(fmt::format(
        "the loss is not a finite number in epoch {}, training step {}: a smaller --lr may help",
        epochs_done_, steps_done_));
  }
  loss.backward();
  optimizer_.step();
  const auto hits = (logits.detach() > 0).eq(labels > 0.5).sum().item<int64_t>();
  return {loss_value, static_cast<double>(hits) / static_cast<double>(labels.numel())};
}

}  // namespace catdog
