// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/inference.hpp"

#include <algorithm>

#include "catdog/core/files.hpp"
#include "catdog/core/signals.hpp"

namespace catdog {

int inference_batch_size(int image_size_px) {
  constexpr int64_t kPictures = 32, kPixels = kPictures * 150 * 150;
  return static_cast<int>(
      std::clamp<int64_t>(kPixels / (int64_t{image_size_px} * image_size_px), 1, kPictures));
}

void infer(Network& net, BatchSource& batches, torch::Device device,
           const std::function<void(const Batch&, const torch::Tensor& logits)>& take, View view) {
  const torch::NoGradGuard no_gradient;
  const bool was_training = net->is_training();
  net->eval();
  while (const std::optional<Batch> batch = batches.next()) {
    throw_if_interrupted();
    const torch::Tensor images = batch->images.to(device);
    torch::Tensor logits = net(images);
    if (view == View::and_mirrored) logits = (logits + net(images.flip(3))) / 2;
    take(*batch, logits);
  }
  net->train(was_training);
}

Predictions infer(Network& net, const PictureStore& pictures, torch::Device device, int workers,
                  View view) {
  const ImageFolder& folder = pictures.folder();
  const int batch_size = inference_batch_size(folder.side_px());
  const auto batches = pictures.batches(
      evaluation_chain(), {.batch_size = batch_size,
                           .workers = workers,
                           .end_batch = batches_per_pass(folder.count(), batch_size)});
  std::vector<torch::Tensor> parts;
  std::vector<int64_t> indices;
  infer(
      net, *batches, device,
      [&](const Batch& batch, const torch::Tensor& logits) {
        parts.push_back(logits);
        indices.insert(indices.end(), batch.indices.begin(), batch.indices.end());
      },
      view);
  // At the end, once: a GPU is waited for here alone.
  const torch::Tensor logits = torch::cat(parts).to(torch::kCPU);
  const auto width = static_cast<size_t>(logits.size(1));
  const std::span outputs(logits.const_data_ptr<float>(), indices.size() * width);
  Predictions predictions = {.classes = net->classes()};
  for (size_t i = 0; i < indices.size(); ++i) {
    add_outputs(predictions, outputs.subspan(i * width, width),
                folder.label(static_cast<size_t>(indices[i])));
  }
  return predictions;
}

NamedPredictions with_names(Predictions predictions, const ImageFolder& pictures,
                            const fs::path& dir, std::vector<std::string> digests) {
  NamedPredictions named = {.classes = pictures.classes(),
                            .files = {},
                            .digests = std::move(digests),
                            .predictions = std::move(predictions)};
  for (size_t i = 0; i < *pictures.size(); ++i) {
    named.files.push_back(pictures.file(i).lexically_relative(dir).string());
  }
  return named;
}

}  // namespace catdog
