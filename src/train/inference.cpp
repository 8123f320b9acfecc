// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/inference.hpp"

#include "catdog/core/signals.hpp"
#include "catdog/data/batch_loader.hpp"

namespace catdog {
namespace {

// Pictures a step: it changes speed and memory, and the result not at all.
constexpr int kBatchSize = 50;

}  // namespace

Predictions infer(ConvNet& net, const ImageFolder& folder, torch::Device device, int workers) {
  const torch::NoGradGuard no_gradient;
  const bool was_training = net->is_training();
  net->eval();
  Predictions predictions;
  predictions.logits.reserve(folder.count());
  BatchLoader loader(folder, plain_chain(),
                     {.batch_size = kBatchSize,
                      .workers = workers,
                      .end_batch = batches_per_pass(folder.count(), kBatchSize)});
  while (const std::optional<Batch> batch = loader.next()) {
    throw_if_interrupted();
    const torch::Tensor logits = net(batch->images.to(device)).to(torch::kCPU);
    const float* values = logits.const_data_ptr<float>();
    predictions.logits.insert(predictions.logits.end(), values, values + logits.numel());
    for (const int64_t index : batch->indices) predictions.labels.push_back(folder.label(index));
  }
  net->train(was_training);
  return predictions;
}

}  // namespace catdog
