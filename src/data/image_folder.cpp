// SPDX-License-Identifier: Apache-2.0
#include "catdog/data/image_folder.hpp"

#include "catdog/core/files.hpp"
#include "catdog/data/chain.hpp"
#include "catdog/pictures/decode.hpp"

namespace catdog {

void DataOptions::describe(OptionTable& table) {
  table.text("dir", dir, "folder that holds train/, validation/ and test/, made by catdog split");
  table.number("image_size", image_size, {8, 4096},
               "width and height of the network's input in pixels; the aspect is not kept");
  table.choice("resize", resize,
               {{"nearest", Resampling::nearest},
                {"bilinear", Resampling::bilinear},
                {"area", Resampling::area}},
               "how pictures are resized; nearest is the book's");
  table.number("cache_mb", cache_mb, {0, 1 << 20},
               "megabytes of decoded pictures kept in memory; the rest is decoded in each pass");
  table.number("workers", workers, {0, 256},
               "threads that prepare batches; 0: the training thread does it itself");
}

bool ByteBudget::take(int64_t bytes) {
  int64_t left = left_.load();
  while (left >= bytes) {
    if (left_.compare_exchange_weak(left, left - bytes)) return true;
  }
  return false;
}

ImageFolder::ImageFolder(const fs::path& dir, const DataOptions& options,
                         std::shared_ptr<ByteBudget> cache)
    : listing_(list_class_folders(dir)),
      size_{options.image_size, options.image_size},
      resampling_(options.resize),
      budget_(std::move(cache)),
      cache_(std::make_shared<Cache>()) {
  cache_->pictures.resize(listing_.files.size());
}

torch::data::Example<> ImageFolder::get(size_t index) {
  auto image = torch::empty({size_.height, size_.width, 3});
  evaluation_chain()(picture(index), {}, image.mutable_data_ptr<float>());
  return {image.permute({2, 0, 1}), torch::tensor(static_cast<float>(label(index)))};
}

Picture ImageFolder::picture(size_t index) const {
  {
    const std::lock_guard lock(cache_->mutex);
    if (!cache_->pictures[index].empty()) return cache_->pictures[index];
  }
  const Picture picture = resize_picture(decode_picture(file(index)), size_, resampling_);
  const auto bytes = static_cast<int64_t>(picture.total() * picture.elemSize());
  const std::lock_guard lock(cache_->mutex);
  // Another thread may have been as quick, with the last picture of one pass and the first of the
  // next being the same.
  if (cache_->pictures[index].empty() && budget_->take(bytes)) cache_->pictures[index] = picture;
  return picture;
}

}  // namespace catdog
