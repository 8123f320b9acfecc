// SPDX-License-Identifier: Apache-2.0
#include "catdog/data/device_pictures.hpp"

#include "catdog/core/signals.hpp"
#include "catdog/data/batch_loader.hpp"
#include "catdog/data/device_transform.hpp"

namespace catdog {

int64_t bytes_on_device(const ImageFolder& folder) {
  const int64_t side = folder.side_px();
  return folder.count() * side * side * 3;
}

DevicePictures copy_to_device(const ImageFolder& folder, torch::Device device, int workers) {
  constexpr int kAtATime = 64;
  const int64_t side = folder.side_px();
  DevicePictures result = {
      .pixels = torch::empty({folder.count(), side, side, 3},
                             torch::TensorOptions(torch::kByte).device(device)),
      .labels = torch::empty({folder.count()}, device)};
  BatchLoader loader(folder, evaluation_chain(),
                     {.batch_size = kAtATime,
                      .workers = workers,
                      .end_batch = batches_per_pass(folder.count(), kAtATime)});
  int64_t done = 0;
  while (const std::optional<Batch> batch = loader.next()) {
    throw_if_interrupted();
    const int64_t count = batch->labels.numel();
    // Back to the bytes that they were: rounding makes this exact.
    const torch::Tensor bytes = batch->images.permute({0, 2, 3, 1}).mul(255).round();
    result.pixels.narrow(0, done, count).copy_(bytes.to(torch::kByte));
    result.labels.narrow(0, done, count).copy_(batch->labels);
    done += count;
  }
  return result;
}

DeviceBatches::DeviceBatches(DevicePictures pictures, Chain chain, LoaderOptions options)
    : pictures_(std::move(pictures)),
      chain_(std::move(chain)),
      order_(pictures_.labels.numel(), options),
      next_batch_(options.first_batch),
      end_batch_(options.end_batch) {}

std::optional<Batch> DeviceBatches::next() {
  if (next_batch_ >= end_batch_) return std::nullopt;
  const uint32_t pass = order_.pass_of(next_batch_);
  Batch batch;
  batch.indices = order_.indices_of(next_batch_++);

  const auto own_side = static_cast<int>(pictures_.pixels.size(1));
  const Size size = chain_.size_of({own_side, own_side}, pass);
  std::vector<Transformation> transformations;
  transformations.reserve(batch.indices.size());
  for (const int64_t index : batch.indices) {
    transformations.push_back(
        chain_.transformation(size, {.pass = pass, .index = static_cast<uint32_t>(index)}));
  }
  const torch::Tensor indices = torch::tensor(batch.indices, torch::kLong)
                                    .to(pictures_.labels.device(), /*non_blocking=*/true);
  batch.images =
      transform_on_device(pictures_.pixels, indices, transformations, chain_.augment, size.height);
  batch.labels = pictures_.labels.index_select(0, indices);
  return batch;
}

}  // namespace catdog
