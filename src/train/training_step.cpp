// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/training_step.hpp"

#include "catdog/core/random.hpp"
#include "catdog/train/repeat.hpp"

namespace catdog {
namespace {

// Steps done as they are before one is recorded: in these, libraries choose their algorithms and
// the optimiser makes its tensors.
constexpr int kWholeBatchesBeforeRecording = 3;

// Copies.
NamedTensors gradients_of(const torch::nn::Module& net) {
  NamedTensors gradients;
  for (const auto& [name, weight] : weights_of(net)) gradients[name] = weight.grad().clone();
  return gradients;
}

}  // namespace

TrainingStep::TrainingStep(const Config& config, ConvNet net, torch::Device device, Record record)
    : seed_(config.train.seed),
      batch_size_(config.train.batch_size),
      lr_(config.optimizer.lr),
      label_smoothing_(config.train.label_smoothing),
      device_(device),
      net_(std::move(net)),
      optimizer_(config.optimizer, weights_of(*net_)),
      sums_(torch::zeros({2}, torch::TensorOptions(torch::kDouble).device(device))),
      must_check_repeat_(config.train.deterministic),
      record_(std::move(record)) {}

TrainingStep::Record recorder(const Config& config, torch::Device device) {
  if (!config.train.cuda_graph || device.is_cpu()) return nullptr;
  return [device](const std::function<void()>& work) { return record_work(device, work); };
}

void TrainingStep::start_epoch() {
  sums_.zero_();
  pictures_ = 0;
}

NamedTensors TrainingStep::tensors() const {
  NamedTensors tensors = {{"sums", sums_}};
  for (const auto& [name, tensor] : weights_of(*net_)) tensors.emplace("model." + name, tensor);
  for (const auto& [name, tensor] : optimizer_.state()) {
    tensors.emplace("optimizer." + name, tensor);
  }
  return tensors;
}

void TrainingStep::set_position(int64_t pictures, int64_t steps_done) {
  pictures_ = pictures;
  steps_done_ = steps_done;
}

void TrainingStep::seed_dropout() const {
  torch::manual_seed(Rng(seed_, Stream::dropout, static_cast<uint32_t>(steps_done_ >> 32),
                         static_cast<uint32_t>(steps_done_))
                         .next_u64());
}

// Smoothed labels: Szegedy et al., "Rethinking the Inception architecture", CVPR 2016, section 7.
torch::Tensor TrainingStep::loss_of(const torch::Tensor& logits,
                                    const torch::Tensor& labels) const {
  if (label_smoothing_ == 0) return torch::binary_cross_entropy_with_logits(logits, labels);
  return torch::binary_cross_entropy_with_logits(
      logits, labels * (1 - label_smoothing_) + label_smoothing_ / 2);
}

void TrainingStep::run(const Batch& batch, double lr_factor) {
  const torch::Tensor images = batch.images.to(device_), labels = batch.labels.to(device_);
  if (must_check_repeat_) {
    check_repeats([&] {
      seed_dropout();
      optimizer_.zero_grad();
      loss_of(net_(images), labels).backward();
      return gradients_of(*net_);
    });
    must_check_repeat_ = false;
  }
  seed_dropout();
  optimizer_.set_rate(lr_ * lr_factor, steps_done_);
  const bool is_whole = labels.numel() == batch_size_;
  if (is_whole && record_ && whole_batches_done_ >= kWholeBatchesBeforeRecording) {
    replay(images, labels);
  } else {
    update(images, labels);
  }
  whole_batches_done_ += is_whole ? 1 : 0;
  pictures_ += labels.numel();
  ++steps_done_;
}

void TrainingStep::replay(const torch::Tensor& images, const torch::Tensor& labels) {
  if (!recorded_) {
    recorded_images_ = images.clone();
    recorded_labels_ = labels.clone();
    recorded_ = record_([this] { update(recorded_images_, recorded_labels_); });
    if (!recorded_) {
      record_ = nullptr;
      return update(images, labels);
    }
  }
  recorded_images_.copy_(images);
  recorded_labels_.copy_(labels);
  recorded_->replay();
}

void TrainingStep::update(const torch::Tensor& images, const torch::Tensor& labels) {
  optimizer_.zero_grad();
  const torch::Tensor logits = net_(images);
  const torch::Tensor loss = loss_of(logits, labels);
  loss.backward();
  optimizer_.step();

  const torch::NoGradGuard no_gradient;
  const torch::Tensor hits = (logits > 0).eq(labels > 0.5).sum();
  sums_.add_(torch::stack({loss.to(torch::kDouble) * labels.numel(), hits.to(torch::kDouble)}));
}

TrainingFigures TrainingStep::figures() const {
  const torch::Tensor means = (sums_ / static_cast<double>(pictures_)).to(torch::kCPU);
  return {.loss = means[0].item<double>(), .accuracy = means[1].item<double>()};
}

}  // namespace catdog
