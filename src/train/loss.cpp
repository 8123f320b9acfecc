// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/loss.hpp"

namespace catdog {

torch::Tensor targets_of(const Batch& batch, int64_t classes, double label_smoothing,
                         torch::Device device) {
  const auto of_labels = [&](const torch::Tensor& labels) {
    const torch::Tensor here = labels.to(device);
    return classes == 2 ? here : torch::one_hot(here.to(torch::kLong), classes).to(torch::kFloat);
  };
  torch::Tensor targets = of_labels(batch.labels);
  if (batch.other_labels.defined()) {
    targets = targets * batch.share + of_labels(batch.other_labels) * (1 - batch.share);
  }
  if (label_smoothing == 0) return targets;
  return targets * (1 - label_smoothing) + label_smoothing / static_cast<double>(classes);
}

torch::Tensor cross_entropy(const torch::Tensor& logits, const torch::Tensor& targets,
                            const torch::Tensor& class_weights) {
  if (logits.size(1) == 1) {
    const torch::Tensor z = logits.squeeze(1);
    if (!class_weights.defined()) return torch::binary_cross_entropy_with_logits(z, targets);
    return -(class_weights[1] * targets * torch::log_sigmoid(z) +
             class_weights[0] * (1 - targets) * torch::log_sigmoid(-z))
                .mean();
  }
  torch::Tensor parts = targets * torch::log_softmax(logits, 1);
  if (class_weights.defined()) parts = parts * class_weights;
  return -parts.sum(1).mean();
}

torch::Tensor count_hits(const torch::Tensor& logits, const torch::Tensor& targets) {
  if (logits.size(1) == 1) return (logits.squeeze(1) > 0).eq(targets > 0.5).sum();
  return logits.argmax(1).eq(targets.argmax(1)).sum();
}

}  // namespace catdog
