// SPDX-License-Identifier: Apache-2.0
// Batches of pictures, prepared by a pool of threads ahead of their use. What they hold and their
// order depend on the seed alone, not on the threads.
#pragma once

#include <torch/torch.h>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "catdog/data/chain.hpp"
#include "catdog/data/image_folder.hpp"

namespace catdog {

struct Batch {
  torch::Tensor images;          // (N, 3, S, S) float in [0, 1], channels last in memory
  torch::Tensor labels;          // (N,) float, 0 or 1
  std::vector<int64_t> indices;  // of the pictures in their folder
};

struct LoaderOptions {
  int batch_size = 32;
  int workers = 0;                            // threads, or kWorkerPerCore; 0: next() does the work
  std::optional<uint64_t> shuffle_seed = {};  // a new random order in each pass; none: the folder's
  int64_t first_batch = 0;                    // counted from the very first pass
  int64_t end_batch = std::numeric_limits<int64_t>::max();  // the loader ends before this one
};

// Batches go on from pass to pass without end. The last batch of a pass holds what is left, so
// that each pass has every picture exactly once.
class BatchLoader {
 public:
  // `folder` outlives the loader.
  BatchLoader(const ImageFolder& folder, Chain chain, LoaderOptions options);
  ~BatchLoader();
  BatchLoader(const BatchLoader&) = delete;
  BatchLoader& operator=(const BatchLoader&) = delete;

  // The next batch; none after the last. Throws DataError for a picture that cannot be read: the
  // one that comes first in the batch's order, whatever the threads did.
  std::optional<Batch> next();

  // Seconds that next() has waited for pictures so far.
  double waited_seconds() const { return waited_seconds_; }

 private:
  struct Slot;  // a batch in the making
  struct Job {
    std::shared_ptr<Slot> slot;
    int64_t row;
  };

  void schedule_one();
  void fill_row(Slot& slot, int64_t row) const;
  void work();
  std::vector<int64_t> indices_of(int64_t batch);

  const ImageFolder& folder_;
  const Chain chain_;
  const LoaderOptions options_;
  int64_t next_scheduled_;
  int64_t order_pass_ = -1;  // the pass that order_ belongs to
  std::vector<int64_t> order_;
  double waited_seconds_ = 0;

  std::deque<std::shared_ptr<Slot>> slots_;  // in order; the consumer's own
  std::mutex mutex_;
  std::condition_variable job_added_, row_done_;
  std::deque<Job> jobs_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

// Batches in one pass over `pictures`.
int64_t batches_per_pass(int64_t pictures, int batch_size);

}  // namespace catdog
