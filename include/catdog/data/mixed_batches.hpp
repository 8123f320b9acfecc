// SPDX-License-Identifier: Apache-2.0
// Batches whose pictures are mixed with each other, and their labels with them: see Mix.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "catdog/data/batch_source.hpp"
#include "catdog/pictures/augment.hpp"

namespace catdog {

class MixedBatches : public BatchSource {
 public:
  // Of batches that begin with number `first_batch`, counted from the very first; those from
  // `end_batch` on stay as they are. How a batch is mixed is a function of seed and number.
  MixedBatches(std::unique_ptr<BatchSource> batches, const AugmentOptions& augment, uint64_t seed,
               int64_t first_batch, int64_t end_batch);

  // The first picture is mixed with the last, the second with the one before that, and so on,
  // where the batch lies: nothing waits for a device.
  std::optional<Batch> next() override;

  double waited_seconds() const override { return batches_->waited_seconds(); }

 private:
  const std::unique_ptr<BatchSource> batches_;
  const AugmentOptions augment_;
  const uint64_t seed_;
  int64_t next_batch_;
  const int64_t end_batch_;
};

}  // namespace catdog
