// SPDX-License-Identifier: Apache-2.0
#include "catdog/data/image_folder.hpp"

#include <algorithm>
#include <utility>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/parallel.hpp"
#include "catdog/data/chain.hpp"
#include "catdog/pictures/decode.hpp"

namespace catdog {
namespace {

// Beside the folder of pictures, where a name that begins with a dot is nobody's subset or class.
fs::path cache_file(const fs::path& dir) {
  fs::path folder = fs::absolute(dir).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();  // "a/b/"
  return folder.parent_path() / ".catdog-cache" / (folder.filename().string() + ".pixels");
}

}  // namespace

void DataOptions::describe(OptionTable& table) {
  table.text("dir", dir, "folder that holds train/, validation/ and test/, made by catdog split");
  table.number("image_size", image_size, {8, 4096},
               "width and height of the network's input in pixels; the aspect is not kept");
  table.choice("resize", resize,
               {{"nearest", Resampling::nearest},
                {"bilinear", Resampling::bilinear},
                {"area", Resampling::area}},
               "how pictures are resized; nearest is the book's");
  table.number("kept_size", kept_size, {0, 4096},
               "width and height at which training's pictures are kept; augmentation looks its "
               "pixels up there, so that a crop of a large one is sharp; 0: image_size");
  table.choice("on_bad", on_bad, {{"error", OnBad::error}, {"skip", OnBad::skip}},
               "a picture that cannot be read: an error that names it; or left out from the start, "
               "named, and counted in the run's env.json");
  table.choice(
      "cache", cache,
      {{"memory", CacheKind::memory}, {"disk", CacheKind::disk}, {"none", CacheKind::none}},
      "where decoded pictures are kept: in memory; in a file in DIR/.catdog-cache, also for "
      "the next run; or not at all");
  table.number("cache_mb", cache_mb, {0, 1 << 20},
               "megabytes of memory for decoded pictures; the rest is decoded in each pass");
  table.number("decode_mb", decode_mb, {DecodeLimits::kLeastMb, DecodeLimits::kMostMb},
               "megabytes of memory that decoding one image may take; an image that needs more "
               "cannot be read");
  table.number("device_mb", device_mb, {0, 1 << 20},
               "megabytes of pictures kept on a GPU, and augmented there; a folder that does not "
               "fit is prepared by the workers");
  table.number(
      "workers", workers, {kWorkerPerCore, 256},
      "threads that prepare batches; -1: one a core; 0: the training thread does it itself");
  table.number(
      "folds", folds, {0, 1000},
      "for cross-validation: deals train/ and validation/ together out into so many parts; "
      "0: takes them as they are");
  table.number("fold", fold, {1, 1000},
               "with folds: the part that is for validation; the others are for training");
}

std::shared_ptr<ByteBudget> memory_budget(const DataOptions& options) {
  const int megabytes = options.cache == CacheKind::none ? 0 : options.cache_mb;
  return std::make_shared<ByteBudget>(int64_t{megabytes} << 20);
}

bool ByteBudget::take(int64_t bytes) {
  int64_t left = left_.load();
  while (left >= bytes) {
    if (left_.compare_exchange_weak(left, left - bytes)) return true;
  }
  return false;
}

ImageFolder::ImageFolder(const fs::path& dir, const DataOptions& options,
                         std::shared_ptr<ByteBudget> memory)
    : ImageFolder(list_class_folders(dir), options, std::move(memory)) {
  if (options.cache == CacheKind::disk) {
    cache_->disk =
        std::make_unique<DiskCache>(cache_file(dir), listing_.files.size(), size_, resampling_);
  }
}

ImageFolder::ImageFolder(ClassFolders listing, const DataOptions& options,
                         std::shared_ptr<ByteBudget> memory)
    : listing_(std::move(listing)),
      size_{options.image_size, options.image_size},
      resampling_(options.resize),
      limits_(options.decode_limits()),
      memory_(std::move(memory)),
      cache_(std::make_shared<Cache>()) {
  if (options.on_bad == OnBad::skip) leave_out_bad();
  cache_->pictures.resize(listing_.files.size());
}

// Before the first batch, so that what a batch holds stays a function of seed, pass and place.
void ImageFolder::leave_out_bad() {
  std::vector<std::string> faults(listing_.files.size());
  for_each_index(faults.size(), [&](size_t i) {
    try {
      check_picture(read_picture_file(file(i)), file(i), limits_, resampling_);
    } catch (const PictureError& error) {
      faults[i] = error.fault;
    }
  });
  std::vector<LabelledFile> good;
  std::vector<bool> has_good(classes().size(), true);  // a class without files has no bad ones
  for (const LabelledFile& file : listing_.files) has_good[static_cast<size_t>(file.label)] = false;
  for (size_t i = 0; i < faults.size(); ++i) {
    if (faults[i].empty()) {
      has_good[static_cast<size_t>(label(i))] = true;
      good.push_back(listing_.files[i]);
    } else {
      left_out_.push_back({file(i), faults[i]});
    }
  }
  for (size_t i = 0; i < has_good.size(); ++i) {
    if (has_good[i]) continue;
    const auto one = std::find_if(listing_.files.begin(), listing_.files.end(),
                                  [&](auto& file) { return static_cast<size_t>(file.label) == i; });
    fs::path folder = one->file.parent_path();  // the class's, however deep the picture lies
    while (folder.filename() != classes()[i]) folder = folder.parent_path();
    throw DataError(shown(folder) + ": none of the pictures can be read");
  }
  listing_.files = std::move(good);
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
  if (cache_->disk) {
    if (Picture kept = cache_->disk->again(index); !kept.empty()) return kept;
  }
  const std::string bytes = read_picture_file(file(index));
  const auto decode = [&] {
    return decode_resized(bytes, file(index), size_, resampling_, limits_);
  };
  const auto [picture, on_disk] = cache_->disk ? cache_->disk->picture(index, bytes, decode)
                                               : DiskCache::Result{decode(), /*on_disk=*/false};
  const auto size = static_cast<int64_t>(picture.total() * picture.elemSize());
  const std::lock_guard lock(cache_->mutex);
  // Another thread may have been as quick, with the last picture of one pass and the first of the
  // next being the same.
  if (cache_->pictures[index].empty() && !on_disk && memory_->take(size)) {
    cache_->pictures[index] = picture;
  }
  return picture;
}

}  // namespace catdog
