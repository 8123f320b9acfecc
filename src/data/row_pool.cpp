// SPDX-License-Identifier: Apache-2.0
#include "catdog/data/row_pool.hpp"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <system_error>

#include "catdog/core/processors.hpp"

namespace catdog {
namespace {

// Batches in the making at a time, at least: enough that a slow picture does not stop the consumer.
constexpr size_t kBatchesAhead = 4;
// And rows in the making for each thread, at least, so that small batches keep all of them busy.
constexpr size_t kRowsAhead = 2;

// While it lives, threads that are started begin with all signals blocked: signals are the main
// thread's.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

struct RowPool::BatchInTheMaking {
  std::function<void(int64_t row)> make_row;
  int64_t rows_left;                       // guarded by mutex_
  std::vector<std::exception_ptr> errors;  // by row

  void make(int64_t row) {
    try {
      make_row(row);
    } catch (...) {
      errors[static_cast<size_t>(row)] = std::current_exception();
    }
  }
};

RowPool::RowPool(int workers) {
  const SignalsBlocked blocked;
  if (workers == kWorkerPerCore) workers = usable_cores();
  try {
    for (int i = 0; i < workers; ++i) threads_.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    // The system gives no more threads: those that started will do, or wait() itself.
  }
}

RowPool::~RowPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  job_added_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

size_t RowPool::batches_ahead(int batch_size) const {
  if (threads_.empty()) return 1;
  return std::max(kBatchesAhead, kRowsAhead * threads_.size() / static_cast<size_t>(batch_size));
}

void RowPool::add(int64_t rows, std::function<void(int64_t row)> make_row) {
  const auto batch = std::make_shared<BatchInTheMaking>();
  batch->make_row = std::move(make_row);
  batch->rows_left = rows;
  batch->errors.resize(static_cast<size_t>(rows));
  {
    const std::lock_guard lock(mutex_);
    for (int64_t row = 0; row < rows; ++row) jobs_.push_back({batch, row});
  }
  job_added_.notify_all();
  batches_.push_back(batch);
}

std::vector<std::exception_ptr> RowPool::wait() {
  const std::shared_ptr<BatchInTheMaking> batch = std::move(batches_.front());
  batches_.pop_front();
  const auto start = std::chrono::steady_clock::now();
  if (threads_.empty()) {
    for (const Job& job : jobs_) job.batch->make(job.row);
    jobs_.clear();
  } else {
    std::unique_lock lock(mutex_);
    row_done_.wait(lock, [&] { return batch->rows_left == 0; });
  }
  const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - start;
  waited_seconds_ += waited.count();
  return std::move(batch->errors);
}

void RowPool::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    job_added_.wait(lock, [&] { return stopping_ || !jobs_.empty(); });
    if (stopping_) return;
    const Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job.batch->make(job.row);
    lock.lock();
    if (--job.batch->rows_left == 0) row_done_.notify_one();
  }
}

}  // namespace catdog
