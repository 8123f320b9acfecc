// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/run_record.hpp"

#include "catdog/judge/epoch_order.hpp"
#include "catdog/train/environment.hpp"
#include "catdog/train/tensorboard_log.hpp"

namespace catdog {
namespace {

// Copies of their own, on the CPU: what training goes on to change is not theirs.
NamedTensors copied(const NamedTensors& tensors) {
  NamedTensors copies;
  for (const auto& [name, tensor] : tensors) {
    copies.emplace(name, tensor.detach().to(torch::kCPU, /*non_blocking=*/false, /*copy=*/true));
  }
  return copies;
}

}  // namespace

RunRecord::RunRecord(RunFolder& folder, TrainedModel model, Json pictures, Json environment)
    : folder_(folder),
      model_(std::move(model)),
      pictures_(std::move(pictures)),
      environment_(std::move(environment)) {}

void RunRecord::restore(Checkpoint checkpoint, Trainer& trainer) {
  const std::string name = shown(folder_.path()) + ": its checkpoint";
  copy_tensors(checkpoint.tensors, trainer.tensors(), name);
  std::vector<double> val_losses;
  for (const EpochResult& result : checkpoint.history) val_losses.push_back(result.val_loss);
  trainer.set_position(checkpoint.position, std::move(val_losses));
  history_ = std::move(checkpoint.history);
  best_ = std::move(checkpoint.best);
  if (best_) {
    check_tensors(best_->tensors, weights_of(*model_.net), name);
    // As a run would have it that had these settings, more epochs say, from its beginning.
    best_->metadata["config"] = to_json(model_.config);
  }
  folder_.write_config(model_.config);
  write_derived(/*with_best=*/best_.has_value(),
                /*with_last=*/!history_.empty() && checkpoint.position.step == 0);
}

void RunRecord::begin(const Trainer& trainer) {
  save(trainer);
  write_derived(/*with_best=*/false, /*with_last=*/false);
}

void RunRecord::save(const Trainer& trainer) {
  trainer.check_finite();
  folder_.write({.config = model_.config,
                 .classes = model_.classes,
                 .pictures = pictures_,
                 .environment = environment_,
                 .position = trainer.position(),
                 .tensors = trainer.tensors(),
                 .history = history_,
                 .best = best_});
}

void RunRecord::end_epoch(const EpochResult& result, const Trainer& trainer) {
  history_.push_back(result);
  const bool is_best = note_best();
  save(trainer);
  write_derived(/*with_best=*/is_best, /*with_last=*/true);
}

int RunRecord::best_epoch() const { return best_of(history_).epoch; }

bool RunRecord::is_complete() const {
  const TrainOptions& options = model_.config.train;
  if (epochs() >= options.epochs) return true;
  return options.patience > 0 && epochs() > 0 && epochs() - best_epoch() >= options.patience;
}

// Whether the last epoch is the best.
bool RunRecord::note_best() {
  if (best_epoch() != history_.back().epoch) return false;
  model_.training = training();
  model_.calibration = history_.back().calibration;
  best_ = to_archive(model_);
  best_->tensors = copied(best_->tensors);
  return true;
}

void RunRecord::write_derived(bool with_best, bool with_last) const {
  folder_.write_metrics(history_);
  if (model_.config.train.tensorboard) {
    write_tensorboard_log(folder_.path(), to_json(model_.config), history_);
  }
  if (with_best) save_archive(folder_.best_weights(), *best_);
  if (!with_last) return;
  TrainedModel last = model_;
  last.training = training();
  last.calibration = history_.back().calibration;
  save_model(folder_.last_weights(), last);
}

// What a model file says of its making: figures alone, no times, so that equal runs give equal
// bytes.
Json RunRecord::training() const {
  Json history = Json::array();
  for (const EpochResult& result : history_) {
    history.push_back({{"epoch", result.epoch},
                       {"loss", result.loss},
                       {"acc", result.accuracy},
                       {"val_loss", result.val_loss},
                       {"val_acc", result.val_accuracy},
                       {"lr", result.lr}});
  }
  const EpochResult& now = history_.back();
  return {{"epoch", now.epoch},
          {"val_loss", now.val_loss},
          {"val_acc", now.val_accuracy},
          {"versions", versions()},
          {"history", std::move(history)}};
}

uint64_t bytes_on_disk(const NetworkImpl& net, const Config& config) {
  // Two checkpoints and one in the making, each with weights, best weights, the optimiser's moments
  // and perhaps an average; three models and one in the making; and what else there is.
  constexpr uint64_t kRest = 8 << 20;
  uint64_t bytes = kRest;
  for (const auto& weight : net.parameters()) {
    const size_t moments = moment_names(rule_for(config.optimizer.name, weight.dim())).size();
    const uint64_t of_checkpoint = 2 + moments + (config.train.average > 0 ? 1 : 0);
    bytes += (3 * of_checkpoint + 4) * weight.nbytes();
  }
  return bytes;
}

}  // namespace catdog
