// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/trainer.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/signals.hpp"
#include "catdog/data/mixed_batches.hpp"
#include "catdog/judge/evaluation.hpp"
#include "catdog/train/inference.hpp"
#include "catdog/train/schedule.hpp"

namespace catdog {
namespace {

// On a GPU, steps that are queued before their figures are waited for.
constexpr int64_t kGpuStepsBetweenLooks = 20;

// A batch's files are named up to this many.
constexpr size_t kFilesNamed = 64;

int64_t steps_of_epoch(const Config& config, const ImageFolder& training) {
  return config.train.steps_per_epoch > 0
             ? config.train.steps_per_epoch
             : batches_per_pass(training.count(), config.train.batch_size);
}

// Sizes change by so many pixels at a time: libraries prepare themselves for each.
constexpr int kSizeStep = 8;  // px

// From train.first_size to train.last_size over all passes that a run makes; none where both are
// the network's and pictures are kept so.
SideOfPass training_sides(const Config& config, const ImageFolder& training) {
  const int own = config.data.image_size;
  const int first = config.first_px(), last = config.last_px();
  if (first == own && last == own && training.side_px() == own) return nullptr;
  for (const auto& [key, side] : {std::pair("first_size", first), std::pair("last_size", last)}) {
    if (side != own && config.model.head == ModelOptions::Head::flatten) {
      throw ConfigError(
          fmt::format("train.{} = {}: with model.head = flatten the network sees pictures of "
                      "data.image_size = {} alone; model.head = average sees any",
                      key, side, own));
    }
    layers_of(config.model, side, /*classes=*/2);  // throws where the picture is too small
  }
  const int64_t steps = steps_of_epoch(config, training) * config.train.epochs;
  const int64_t pass_steps = batches_per_pass(training.count(), config.train.batch_size);
  const int64_t passes = (steps + pass_steps - 1) / pass_steps;
  return [=](uint32_t pass) {
    if (int64_t{pass} + 1 >= passes) return last;
    const double grown = static_cast<double>(last - first) * pass / static_cast<double>(passes - 1);
    const int side = first + kSizeStep * static_cast<int>(std::lround(grown / kSizeStep));
    return std::clamp(side, std::min(first, last), std::max(first, last));
  };
}

// So that every class counts alike in the sum over all pictures; none if the config wants none.
torch::Tensor class_weights(const Config& config, const ImageFolder& training) {
  if (!config.train.balance_classes) return {};
  const auto classes = static_cast<int64_t>(training.classes().size());
  torch::Tensor counts = torch::zeros({classes});
  for (int64_t i = 0; i < training.count(); ++i) {
    counts[training.label(static_cast<size_t>(i))] += 1;
  }
  return static_cast<double>(training.count()) / (counts * static_cast<double>(classes));
}

}  // namespace

Network initial_network(const Config& config, size_t classes, torch::Device device) {
  Network net(config.model, config.data.image_size, static_cast<int>(classes));
  net->initialize(config.train.seed);
  net->prepare(device, choose_precision(config.train.precision, device));
  return net;
}

std::unique_ptr<BatchSource> training_batches(const Config& config, const PictureStore& training,
                                              BatchRange range) {
  auto batches = training.batches(
      training_chain(config.augment, config.train.seed, training_sides(config, training.folder())),
      {.batch_size = config.train.batch_size,
       .workers = config.data.workers,
       .shuffle_seed = config.train.seed,
       .first_batch = range.begin,
       .end_batch = range.end});
  if (config.augment.mixup_alpha == 0 && config.augment.cutmix_alpha == 0) return batches;
  const int epochs = config.augment.mix_epochs;
  const int64_t end = epochs > 0 ? epochs * steps_of_epoch(config, training.folder())
                                 : std::numeric_limits<int64_t>::max();
  return std::make_unique<MixedBatches>(std::move(batches), config.augment, config.train.seed,
                                        range.begin, end);
}

Trainer::Trainer(const Config& config, Network net, const ImageFolder& training,
                 const ImageFolder& validation, torch::Device device)
    : config_(config),
      net_(std::move(net)),
      device_(device),
      device_memory_(int64_t{config.data.device_mb} << 20),
      training_(device_can(config.augment)
                    ? PictureStore(training, device, device_memory_, config.data.workers)
                    : PictureStore(training)),
      validation_(validation, device, device_memory_, config.data.workers),
      // Validation goes through infer, which takes the evaluation chain.
      batches_(training_batches(config, training_)),
      step_(config, net_, device, recorder(config, device), class_weights(config, training)),
      steps_per_epoch_(steps_of_epoch(config, training)) {}

Position Trainer::position() const {
  return {.epochs = epochs_done_,
          .step = epoch_step_,
          .pictures = epoch_step_ > 0 ? step_.pictures() : 0,
          .seconds = epoch_step_ > 0 ? seconds() : 0,
          .steps_done = step_.steps_done()};
}

void Trainer::set_position(const Position& position, std::vector<double> val_losses) {
  val_losses_ = std::move(val_losses);
  epochs_done_ = position.epochs;
  epoch_step_ = position.step;
  seconds_before_ = position.seconds;
  started_ = Clock::now();
  step_.set_position(position.pictures, position.steps_done);
  batches_ = training_batches(config_, training_, {.begin = position.steps_done});
}

double Trainer::seconds_here() const {
  return std::chrono::duration<double>(Clock::now() - started_).count();
}

double Trainer::seconds() const { return seconds_before_ + seconds_here(); }

EpochResult Trainer::run_epoch(const std::function<void(const Progress&)>& observe) {
  started_ = Clock::now();
  const double waited_before = batches_->waited_seconds();
  train_to_the_epochs_end(observe);
  const double training_seconds = seconds(), training_seconds_here = seconds_here();
  const TrainingFigures figures = finite_figures();
  check_finite();
  const double waited = batches_->waited_seconds() - waited_before;
  Network judged = network();
  const Predictions predictions = infer(judged, validation_, device_, config_.data.workers);
  if (!are_finite(predictions.scores)) {
    throw NotFinite(fmt::format(
        "the validation loss is not a finite number after epoch {}, training step {}: a smaller "
        "--lr may help",
        epochs_done_ + 1, step_.steps_done()));
  }
  const Evaluation validation = evaluate(predictions);
  const EpochResult result = {
      .epoch = ++epochs_done_,
      .loss = figures.loss,
      .accuracy = figures.accuracy,
      .val_loss = validation.loss,
      .val_accuracy = validation.accuracy,
      .lr = config_.optimizer.lr * lr_factor_after(step_.steps_done() - 1),
      .seconds = seconds(),
      .images_per_second = static_cast<double>(step_.pictures()) / training_seconds,
      .waited_share = waited / training_seconds_here,
      .calibration = calibrate(predictions)};
  epoch_step_ = 0;
  seconds_before_ = 0;
  val_losses_.push_back(result.val_loss);
  return result;
}

double Trainer::lr_factor_after(int64_t steps_done) const {
  return lr_factor(config_.schedule,
                   {.steps_done = steps_done,
                    .steps_per_epoch = steps_per_epoch_,
                    .steps = steps_per_epoch_ * config_.train.epochs},
                   val_losses_);
}

void Trainer::train_to_the_epochs_end(const std::function<void(const Progress&)>& observe) {
  const int64_t steps_between_looks = device_.is_cpu() ? 1 : kGpuStepsBetweenLooks;
  net_->train();
  if (epoch_step_ == 0) step_.start_epoch();
  while (epoch_step_ < steps_per_epoch_) {
    Batch batch = *batches_->next();
    step_.run(batch, lr_factor_after(step_.steps_done()));
    last_batch_ = std::move(batch.indices);
    ++epoch_step_;
    if (epoch_step_ % steps_between_looks == 0 || epoch_step_ == steps_per_epoch_ ||
        interrupt_signal() != 0 || save_requested()) {
      const TrainingFigures figures = finite_figures();
      observe({.step = epoch_step_,
               .steps = steps_per_epoch_,
               .loss = figures.loss,
               .accuracy = figures.accuracy,
               .images_per_second = static_cast<double>(step_.pictures()) / seconds()});
    }
    throw_if_interrupted();
  }
}

// " in epoch 3, training step 150 on cats/cat.7.jpg, …": the step and its pictures.
std::string Trainer::where() const {
  std::string text =
      fmt::format(" in epoch {}, training step {}", epochs_done_ + 1, step_.steps_done());
  for (size_t i = 0; i < std::min(last_batch_.size(), kFilesNamed); ++i) {
    const fs::path& file = training_.folder().file(static_cast<size_t>(last_batch_[i]));
    text += (i == 0 ? " on " : ", ") + shown(file.parent_path().filename() / file.filename());
  }
  return text + (last_batch_.size() > kFilesNamed ? ", …" : "");
}

TrainingFigures Trainer::finite_figures() const {
  const TrainingFigures figures = step_.figures();
  if (!std::isfinite(figures.loss)) {
    throw NotFinite("the loss is not a finite number" + where() + ": a smaller --lr may help");
  }
  return figures;
}

void Trainer::check_finite() const {
  if (step_.pictures() > 0) finite_figures();
  const auto check = [&](const char* what, const NamedTensors& tensors) {
    for (const auto& [name, tensor] : tensors) {
      if (tensor.isfinite().all().item<bool>()) continue;
      throw NotFinite(fmt::format("the {} {} are not finite numbers", what, name) + where() +
                      ": a smaller --lr may help");
    }
  };
  check("weights", weights_of(*net_));
  check("numbers", tensors());  // the optimizer's and the average's too
}

}  // namespace catdog
