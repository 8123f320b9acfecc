// SPDX-License-Identifier: Apache-2.0
// A whole folder's pictures as bytes in a device's memory, and batches that are made of them there.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <optional>

#include "catdog/data/batch_source.hpp"
#include "catdog/data/chain.hpp"
#include "catdog/data/image_folder.hpp"

namespace catdog {

struct DevicePictures {
  torch::Tensor pixels;  // (P, S, S, 3) bytes, in the folder's order
  torch::Tensor labels;  // (P,) float: the class, 0, 1 …
};

// Bytes that the folder's pictures need.
int64_t bytes_on_device(const ImageFolder& folder);

// Reads every picture, with that many threads. Throws DataError, Interrupted.
DevicePictures copy_to_device(const ImageFolder& folder, torch::Device device, int workers);

// The batches of a BatchLoader with the same chain and options, made and left on the device. Work
// there is only queued: nothing waits for it.
class DeviceBatches : public BatchSource {
 public:
  DeviceBatches(DevicePictures pictures, Chain chain, LoaderOptions options);

  std::optional<Batch> next() override;

  double waited_seconds() const override { return 0; }

 private:
  const DevicePictures pictures_;  // shared with whoever has the same tensors
  const Chain chain_;
  BatchOrder order_;
  int64_t next_batch_;
  const int64_t end_batch_;
};

}  // namespace catdog
