// SPDX-License-Identifier: Apache-2.0
// Batches of pictures: what they are, and in which order the pictures come, whoever makes them.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace catdog {

struct Batch {
  torch::Tensor images;          // (N, 3, S, S) float in [0, 1], channels last in memory
  torch::Tensor labels;          // (N,) float: the class, 0, 1 …
  std::vector<int64_t> indices;  // of the pictures in their folder
  // Where each picture was mixed with another: that one's label, and the share of the first.
  torch::Tensor other_labels = {};
  double share = 1;
};

// Room for the images of so many pictures, with values that mean nothing yet.
torch::Tensor empty_images(int64_t pictures, int64_t side_px);

struct LoaderOptions {
  int batch_size = 32;
  int workers = 0;                            // threads, or kWorkerPerCore; 0: next() does the work
  std::optional<uint64_t> shuffle_seed = {};  // a new random order in each pass; none: the folder's
  int64_t first_batch = 0;                    // counted from the very first pass
  int64_t end_batch = std::numeric_limits<int64_t>::max();  // there is none from this one on
};

// Batches go on from pass to pass without end. The last batch of a pass holds what is left, so
// that each pass has every picture exactly once.
class BatchSource {
 public:
  virtual ~BatchSource() = default;

  // The next batch; none after the last. Throws DataError for a picture that cannot be read.
  virtual std::optional<Batch> next() = 0;

  // Seconds that next() has waited for pictures so far.
  virtual double waited_seconds() const = 0;
};

// Which pictures each batch holds.
class BatchOrder {
 public:
  BatchOrder(int64_t pictures, const LoaderOptions& options);

  // Of batch number `batch`, counted from the very first pass.
  std::vector<int64_t> indices_of(int64_t batch);
  uint32_t pass_of(int64_t batch) const;

 private:
  int64_t pictures_;
  int64_t batch_size_;
  std::optional<uint64_t> shuffle_seed_;
  int64_t pass_ = -1;  // the one that order_ belongs to
  std::vector<int64_t> order_;
};

// Batches in one pass over `pictures`.
int64_t batches_per_pass(int64_t pictures, int64_t batch_size);

}  // namespace catdog
