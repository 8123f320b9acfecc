// SPDX-License-Identifier: Apache-2.0
// Batches of pictures, prepared by a pool of threads ahead of their use. What they hold and their
// order depend on the seed alone, not on the threads.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "catdog/data/batch_source.hpp"
#include "catdog/data/chain.hpp"
#include "catdog/data/image_folder.hpp"

namespace catdog {

class BatchLoader : public BatchSource {
 public:
  // `folder` outlives the loader.
  BatchLoader(const ImageFolder& folder, Chain chain, LoaderOptions options);
  ~BatchLoader() override;
  BatchLoader(const BatchLoader&) = delete;
  BatchLoader& operator=(const BatchLoader&) = delete;

  // Of several pictures that cannot be read, the error names the one that comes first in the
  // batch's order, whatever the threads did.
  std::optional<Batch> next() override;

  double waited_seconds() const override { return waited_seconds_; }

 private:
  struct Slot;  // a batch in the making
  struct Job {
    std::shared_ptr<Slot> slot;
    int64_t row;
  };

  void schedule_one();
  void fill_row(Slot& slot, int64_t row) const;
  void work();

  const ImageFolder& folder_;
  const Chain chain_;
  const LoaderOptions options_;
  BatchOrder order_;
  int64_t next_scheduled_;
  double waited_seconds_ = 0;

  std::deque<std::shared_ptr<Slot>> slots_;  // in order; the consumer's own
  std::mutex mutex_;
  std::condition_variable job_added_, row_done_;
  std::deque<Job> jobs_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace catdog
