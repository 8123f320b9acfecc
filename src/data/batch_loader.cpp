// SPDX-License-Identifier: Apache-2.0
#include "catdog/data/batch_loader.hpp"

namespace catdog {

BatchLoader::BatchLoader(const ImageFolder& folder, Chain chain, LoaderOptions options)
    : folder_(folder),
      chain_(std::move(chain)),
      options_(options),
      order_(folder.count(), options),
      next_begun_(options.first_batch),
      pool_(options.workers) {}

std::optional<Batch> BatchLoader::next() {
  const size_t ahead = pool_.batches_ahead(options_.batch_size);
  while (pool_.batches() < ahead && next_begun_ < options_.end_batch) begin_batch();
  if (batches_.empty()) return std::nullopt;
  Batch batch = std::move(batches_.front());
  batches_.pop_front();
  for (const std::exception_ptr& error : pool_.wait()) {
    if (error) std::rethrow_exception(error);
  }
  return batch;
}

void BatchLoader::begin_batch() {
  Batch& batch = batches_.emplace_back();
  const uint32_t pass = order_.pass_of(next_begun_);
  batch.indices = order_.indices_of(next_begun_++);
  const auto rows = static_cast<int64_t>(batch.indices.size());
  const int own_side = folder_.side_px();
  const int64_t side = chain_.size_of({own_side, own_side}, pass).height;
  batch.images = empty_images(rows, side);
  batch.labels = torch::empty({rows});
  for (int64_t row = 0; row < rows; ++row) {
    batch.labels.mutable_data_ptr<float>()[row] =
        static_cast<float>(folder_.label(static_cast<size_t>(batch.indices[row])));
  }
  float* pixels = batch.images.mutable_data_ptr<float>();
  pool_.add(rows, [this, pass, side, pixels, indices = batch.indices](int64_t row) {
    const int64_t index = indices[row];
    chain_(folder_.picture(static_cast<size_t>(index)),
           {.pass = pass, .index = static_cast<uint32_t>(index)}, pixels + row * side * side * 3);
  });
}

}  // namespace catdog
