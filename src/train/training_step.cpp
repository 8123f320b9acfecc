// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/training_step.hpp"

#include <algorithm>

#include "catdog/core/random.hpp"
#include "catdog/train/loss.hpp"
#include "catdog/train/repeat.hpp"

namespace catdog {
namespace {

// Steps done as they are before one is recorded: in these, libraries choose their algorithms and
// the optimiser makes its tensors.
constexpr int kWholeBatchesBeforeRecording = 3;

// Copies.
NamedTensors gradients_of(const torch::nn::Module& net) {
  NamedTensors gradients;
  for (const auto& [name, weight] : parameters_of(net)) gradients[name] = weight.grad().clone();
  return gradients;
}

}  // namespace

TrainingStep::TrainingStep(const Config& config, Network net, torch::Device device, Record record,
                           const torch::Tensor& class_weights)
    : seed_(config.train.seed),
      batch_size_(config.train.batch_size),
      parts_(config.train.accumulate),
      lr_(config.optimizer.lr),
      label_smoothing_(config.train.label_smoothing),
      device_(device),
      net_(std::move(net)),
      class_weights_(class_weights.defined() ? class_weights.to(device) : class_weights),
      optimizer_(config.optimizer, parameters_of(*net_)),
      sums_(torch::zeros({2}, torch::TensorOptions(torch::kDouble).device(device))),
      must_check_repeat_(config.train.deterministic),
      record_(std::move(record)) {
  if (config.train.average > 0) average_.emplace(net_, config.train.average);
}

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
  if (!average_) return tensors;
  for (const auto& [name, tensor] : weights_of(*average_->network())) {
    tensors.emplace("average." + name, tensor);
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

// Computes the gradients twice, and changes nothing.
void TrainingStep::check_repeat(const torch::Tensor& images, const torch::Tensor& targets) {
  const std::vector<torch::Tensor> buffers = net_->buffers();
  std::vector<torch::Tensor> before;
  for (const torch::Tensor& buffer : buffers) before.push_back(buffer.clone());
  check_repeats([&] {
    seed_dropout();
    optimizer_.zero_grad();
    cross_entropy(net_(images), targets, class_weights_).backward();
    return gradients_of(*net_);
  });
  const torch::NoGradGuard no_gradient;
  for (size_t i = 0; i < before.size(); ++i) buffers[i].copy_(before[i]);
}

void TrainingStep::run(const Batch& batch, double lr_factor) {
  const torch::Tensor images = batch.images.to(device_);
  const torch::Tensor targets = targets_of(batch, net_->classes(), label_smoothing_, device_);
  if (must_check_repeat_) check_repeat(images, targets);
  must_check_repeat_ = false;
  seed_dropout();
  optimizer_.set_rate(lr_ * lr_factor, steps_done_);
  if (average_) average_->set_position(steps_done_);
  const int64_t pictures = batch.labels.numel();
  const bool is_whole = pictures == batch_size_;
  if (is_whole && record_ && whole_batches_done_ >= kWholeBatchesBeforeRecording) {
    replay(images, targets);
  } else {
    update(images, targets);
  }
  whole_batches_done_ += is_whole ? 1 : 0;
  pictures_ += pictures;
  ++steps_done_;
}

void TrainingStep::replay(const torch::Tensor& images, const torch::Tensor& targets) {
  if (!recorded_ || recorded_images_.sizes() != images.sizes()) {
    recorded_images_ = images.clone();
    recorded_targets_ = targets.clone();
    recorded_ = record_([this] { update(recorded_images_, recorded_targets_); });
    if (!recorded_) {
      record_ = nullptr;
      return update(images, targets);
    }
  }
  recorded_images_.copy_(images);
  recorded_targets_.copy_(targets);
  recorded_->replay();
}

void TrainingStep::update(const torch::Tensor& images, const torch::Tensor& targets) {
  optimizer_.zero_grad();
  const int64_t pictures = images.size(0), at_a_time = (pictures + parts_ - 1) / parts_;
  for (int64_t begin = 0; begin < pictures; begin += at_a_time) {
    const int64_t count = std::min(at_a_time, pictures - begin);
    const torch::Tensor wanted = targets.narrow(0, begin, count);
    const torch::Tensor logits = net_(images.narrow(0, begin, count));
    const torch::Tensor loss = cross_entropy(logits, wanted, class_weights_);
    // The batch's loss is the mean over all of its pictures.
    const double share = static_cast<double>(count) / static_cast<double>(pictures);
    (count == pictures ? loss : loss * share).backward();
    const torch::NoGradGuard no_gradient;
    sums_.add_(torch::stack(
        {loss.to(torch::kDouble) * count, count_hits(logits, wanted).to(torch::kDouble)}));
  }
  optimizer_.step();
  if (average_) average_->update();
}

TrainingFigures TrainingStep::figures() const {
  const torch::Tensor means = (sums_ / static_cast<double>(pictures_)).to(torch::kCPU);
  return {.loss = means[0].item<double>(), .accuracy = means[1].item<double>()};
}

}  // namespace catdog
