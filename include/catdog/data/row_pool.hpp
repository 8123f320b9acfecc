// SPDX-License-Identifier: Apache-2.0
// Threads that make the rows of batches ahead of their use, batch after batch, in order.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace catdog {

// Which number of workers means one a core.
inline constexpr int kWorkerPerCore = -1;

class RowPool {
 public:
  // Of that many threads, or kWorkerPerCore; 0: wait() does the work. Signals are blocked in them.
  explicit RowPool(int workers);
  ~RowPool();
  RowPool(const RowPool&) = delete;
  RowPool& operator=(const RowPool&) = delete;

  // Begins a batch: `make_row(row)` is called once for each row, from any of the threads. It runs
  // no torch operation.
  void add(int64_t rows, std::function<void(int64_t row)> make_row);

  // Waits for the oldest batch, which is then none of the pool's any more: what its rows threw, by
  // row. At least one was added.
  std::vector<std::exception_ptr> wait();

  // Batches in the making that keep all threads busy, for batches of that size: so many should have
  // been added before wait().
  size_t batches_ahead(int batch_size) const;

  // Those added and not yet waited for.
  size_t batches() const { return batches_.size(); }

  // Seconds that wait() has waited so far.
  double waited_seconds() const { return waited_seconds_; }

 private:
  struct BatchInTheMaking;
  struct Job {
    std::shared_ptr<BatchInTheMaking> batch;
    int64_t row;
  };

  void work();

  double waited_seconds_ = 0;
  std::deque<std::shared_ptr<BatchInTheMaking>> batches_;  // in order; the consumer's own
  std::mutex mutex_;
  std::condition_variable job_added_, row_done_;
  std::deque<Job> jobs_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace catdog
