// SPDX-License-Identifier: Apache-2.0
#include "catdog/data/picture_store.hpp"

#include "catdog/data/batch_loader.hpp"

namespace catdog {

PictureStore::PictureStore(const ImageFolder& folder, torch::Device device,
                           ByteBudget& device_memory, int workers)
    : folder_(folder) {
  if (!device.is_cpu() && device_memory.take(bytes_on_device(folder))) {
    on_device_ = copy_to_device(folder, device, workers);
  }
}

std::unique_ptr<BatchSource> PictureStore::batches(Chain chain, LoaderOptions options) const {
  if (on_device_ && device_can(chain.augment)) {
    return std::make_unique<DeviceBatches>(*on_device_, std::move(chain), options);
  }
  return std::make_unique<BatchLoader>(folder_, std::move(chain), options);
}

}  // namespace catdog
