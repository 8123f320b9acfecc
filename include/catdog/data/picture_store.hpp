// SPDX-License-Identifier: Apache-2.0
// Where a folder's batches are made: on the device that uses them, or by threads beside it.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <optional>

#include "catdog/data/device_pictures.hpp"

namespace catdog {

class PictureStore {
 public:
  // By threads, from the folder, which outlives the store.
  PictureStore(const ImageFolder& folder) : folder_(folder) {}  // NOLINT: implicit on purpose

  // On a device other than the CPU, if all pictures fit into what is left of `device_memory`: then
  // they are read now, with that many threads. Throws DataError, Interrupted.
  PictureStore(const ImageFolder& folder, torch::Device device, ByteBudget& device_memory,
               int workers);

  // By threads also where the device cannot do what the chain asks for: see device_can().
  std::unique_ptr<BatchSource> batches(Chain chain, LoaderOptions options) const;

  const ImageFolder& folder() const { return folder_; }

 private:
  const ImageFolder& folder_;
  std::optional<DevicePictures> on_device_;
};

}  // namespace catdog
