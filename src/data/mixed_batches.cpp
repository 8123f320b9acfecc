// SPDX-License-Identifier: Apache-2.0
#include "catdog/data/mixed_batches.hpp"

#include <utility>

#include "catdog/core/random.hpp"
#include "catdog/pictures/mix.hpp"

namespace catdog {

MixedBatches::MixedBatches(std::unique_ptr<BatchSource> batches, const AugmentOptions& augment,
                           uint64_t seed, int64_t first_batch, int64_t end_batch)
    : batches_(std::move(batches)),
      augment_(augment),
      seed_(seed),
      next_batch_(first_batch),
      end_batch_(end_batch) {}

std::optional<Batch> MixedBatches::next() {
  std::optional<Batch> batch = batches_->next();
  const int64_t number = next_batch_++;
  if (!batch || number >= end_batch_) return batch;
  const auto side = static_cast<int>(batch->images.size(2));
  const Mix mix = draw_mix(
      augment_, {.height = side, .width = side},
      Rng(seed_, Stream::mix, static_cast<uint32_t>(number >> 32), static_cast<uint32_t>(number)));
  if (mix.share == 1) return batch;
  if (mix.pasted.empty()) {
    batch->images.lerp_(batch->images.flip(0), 1 - mix.share);
  } else {
    const torch::Tensor place = batch->images.narrow(2, mix.pasted.y, mix.pasted.height)
                                    .narrow(3, mix.pasted.x, mix.pasted.width);
    place.copy_(place.flip(0));
  }
  batch->other_labels = batch->labels.flip(0);
  batch->share = mix.share;
  return batch;
}

}  // namespace catdog
