// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/inference.hpp"

#include <algorithm>

#include "catdog/core/signals.hpp"

namespace catdog {
namespace {

// Pictures a step: few enough that what the network holds at a time does not grow with their size;
// no more than in a usual training step, whose memory then serves for validation too.
int inference_batch_size(int image_size_px) {
  constexpr int64_t kPictures = 32, kPixels = kPictures * 150 * 150;
  return static_cast<int>(
      std::clamp<int64_t>(kPixels / (int64_t{image_size_px} * image_size_px), 1, kPictures));
}

}  // namespace

Predictions infer(ConvNet& net, const PictureStore& pictures, torch::Device device, int workers) {
  const torch::NoGradGuard no_gradient;
  const bool was_training = net->is_training();
  net->eval();
  const ImageFolder& folder = pictures.folder();
  const int batch_size = inference_batch_size(folder.image_size_px());
  const auto batches = pictures.batches(
      evaluation_chain(), {.batch_size = batch_size,
                           .workers = workers,
                           .end_batch = batches_per_pass(folder.count(), batch_size)});
  Predictions predictions;
  std::vector<torch::Tensor> parts;
  while (const std::optional<Batch> batch = batches->next()) {
    throw_if_interrupted();
    parts.push_back(net(batch->images.to(device)));
    for (const int64_t index : batch->indices) predictions.labels.push_back(folder.label(index));
  }
  // At the end, once: a GPU is waited for here alone.
  const torch::Tensor logits = torch::cat(parts).to(torch::kCPU);
  const float* values = logits.const_data_ptr<float>();
  predictions.logits.assign(values, values + logits.numel());
  net->train(was_training);
  return predictions;
}

}  // namespace catdog
