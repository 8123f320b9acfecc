// SPDX-License-Identifier: Apache-2.0
#include "catdog/data/batch_source.hpp"

#include <algorithm>
#include <numeric>

#include "catdog/core/random.hpp"

namespace catdog {

torch::Tensor empty_images(int64_t pictures, int64_t side_px) {
  return torch::empty({pictures, 3, side_px, side_px},
                      torch::TensorOptions().memory_format(torch::MemoryFormat::ChannelsLast));
}

int64_t batches_per_pass(int64_t pictures, int64_t batch_size) {
  return (pictures + batch_size - 1) / batch_size;
}

BatchOrder::BatchOrder(int64_t pictures, const LoaderOptions& options)
    : pictures_(pictures), batch_size_(options.batch_size), shuffle_seed_(options.shuffle_seed) {}

uint32_t BatchOrder::pass_of(int64_t batch) const {
  return static_cast<uint32_t>(batch / batches_per_pass(pictures_, batch_size_));
}

std::vector<int64_t> BatchOrder::indices_of(int64_t batch) {
  const uint32_t pass = pass_of(batch);
  if (pass != pass_) {
    pass_ = pass;
    if (shuffle_seed_) {
      order_ = permutation(pictures_, Rng(*shuffle_seed_, Stream::shuffle, pass));
    } else {
      order_.resize(pictures_);
      std::iota(order_.begin(), order_.end(), 0);
    }
  }
  const int64_t first = batch % batches_per_pass(pictures_, batch_size_) * batch_size_;
  const int64_t end = std::min(first + batch_size_, pictures_);
  return {order_.begin() + first, order_.begin() + end};
}

}  // namespace catdog
