// SPDX-License-Identifier: Apache-2.0
// Labelled pictures in class folders, as a torch dataset: decoded, resized, and kept as bytes, in
// memory up to a limit or in a file.
#pragma once

#include <torch/torch.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "catdog/core/options.hpp"
#include "catdog/data/disk_cache.hpp"
#include "catdog/data/row_pool.hpp"
#include "catdog/pictures/class_folders.hpp"
#include "catdog/pictures/decode.hpp"
#include "catdog/pictures/resize.hpp"

namespace catdog {

enum class CacheKind {
  memory,  // up to cache_mb; the rest is decoded in each pass
  disk,    // DIR/.catdog-cache/<subset>.pixels, see DiskCache; as memory where that cannot be
           // written or trusted
  none,    // decoded in each pass
};

enum class OnBad {
  error,  // a picture that cannot be read stops the run
  skip,   // it is left out before anything begins, and counted
};

struct DataOptions {
  std::string dir = "data/cats_and_dogs_small";  // holds train/, validation/ and test/
  int image_size = 150;                          // px: width and height of the network's input
  Resampling resize = Resampling::nearest;
  int kept_size = 0;            // px: training's pictures before augmentation; 0: image_size
  OnBad on_bad = OnBad::error;  // a picture that cannot be read
  CacheKind cache = CacheKind::memory;  // where decoded pictures are kept
  int cache_mb = 2048;                  // of memory for them, all folders together
  int decode_mb = DecodeLimits().mb;    // see DecodeLimits
  int device_mb = 2048;                 // of a GPU's memory; a folder that needs more stays off it
  int workers = kWorkerPerCore;  // threads that prepare batches; 0: the training thread itself
  int folds = 0;  // parts of train/ and validation/ together for cross-validation; 0: as they are
  int fold = 1;   // the one that validation gets

  int kept_px() const { return kept_size > 0 ? kept_size : image_size; }
  DecodeLimits decode_limits() const { return {.mb = decode_mb}; }
  void describe(OptionTable& table);
};

// Bytes that several folders may fill together. Safe to use from several threads.
class ByteBudget {
 public:
  explicit ByteBudget(int64_t bytes) : left_(bytes) {}
  // True, and less is left, if `bytes` are still free.
  bool take(int64_t bytes);

 private:
  std::atomic<int64_t> left_;
};

// What `options` allow to the folders of a run: cache_mb, or nothing for CacheKind::none.
std::shared_ptr<ByteBudget> memory_budget(const DataOptions& options);

struct LeftOutPicture {
  std::filesystem::path file;
  std::string fault;
};

class ImageFolder : public torch::data::datasets::Dataset<ImageFolder, torch::data::Example<>> {
 public:
  // DIR/<class>/*.jpg: see list_class_folders. `memory` may be shared with other folders. With
  // OnBad::skip reads every picture once, to leave out those that cannot be read. Throws DataError,
  // Interrupted.
  ImageFolder(const std::filesystem::path& dir, const DataOptions& options,
              std::shared_ptr<ByteBudget> memory);

  // Those pictures, which are kept in memory at most.
  ImageFolder(ClassFolders listing, const DataOptions& options, std::shared_ptr<ByteBudget> memory);

  // Picture and label as tensors: (3, S, S) float in [0, 1], and a float scalar.
  torch::data::Example<> get(size_t index) override;
  torch::optional<size_t> size() const override { return listing_.files.size(); }

  // RGB, S × S; the pixels must not be changed. Runs no torch operation and may be called from
  // several threads. Throws DataError.
  Picture picture(size_t index) const;

  int label(size_t index) const { return listing_.files[index].label; }
  const std::filesystem::path& file(size_t index) const { return listing_.files[index].file; }
  int64_t count() const { return static_cast<int64_t>(listing_.files.size()); }
  // Files that are not among the pictures because of OnBad::skip.
  const std::vector<LeftOutPicture>& left_out() const { return left_out_; }
  // What the listing of the folder did not take.
  const std::vector<SkippedFile>& skipped() const { return listing_.skipped; }
  const std::vector<std::string>& classes() const { return listing_.classes; }
  int side_px() const { return size_.height; }  // of its pictures
  DecodeLimits decode_limits() const { return limits_; }

 private:
  // Slots that many threads fill, each at most once.
  struct Cache {
    std::mutex mutex;
    std::vector<Picture> pictures;    // empty where nothing is kept
    std::unique_ptr<DiskCache> disk;  // none: memory alone
  };

  void leave_out_bad();

  ClassFolders listing_;
  std::vector<LeftOutPicture> left_out_;
  Size size_;
  Resampling resampling_;
  DecodeLimits limits_;
  std::shared_ptr<ByteBudget> memory_;
  std::shared_ptr<Cache> cache_;  // shared: torch copies datasets
};

}  // namespace catdog
