// SPDX-License-Identifier: Apache-2.0
#include "catdog/data/batch_loader.hpp"

#include <pthread.h>

#include <chrono>
#include <csignal>
#include <system_error>

namespace catdog {
namespace {

// Batches in the making at a time, at least: enough that a slow picture does not stop the consumer.
constexpr size_t kBatchesAhead = 4;
// And pictures in the making for each thread, at least, so that small batches keep all of them
// busy.
constexpr size_t kPicturesAhead = 2;

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

struct BatchLoader::Slot {
  Batch batch;
  uint32_t pass;
  float* pixels;                           // of batch.images
  int64_t rows_left;                       // guarded by mutex_
  std::vector<std::exception_ptr> errors;  // by row
};

BatchLoader::BatchLoader(const ImageFolder& folder, Chain chain, LoaderOptions options)
    : folder_(folder),
      chain_(std::move(chain)),
      options_(options),
      order_(folder.count(), options),
      next_scheduled_(options.first_batch) {
  const SignalsBlocked blocked;
  try {
    const int workers = options.workers == kWorkerPerCore
                            ? static_cast<int>(std::max(1u, std::thread::hardware_concurrency()))
                            : options.workers;
    for (int i = 0; i < workers; ++i) threads_.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    // The system gives no more threads: those that started will do, or next() itself.
  }
}

BatchLoader::~BatchLoader() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  job_added_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

std::optional<Batch> BatchLoader::next() {
  const size_t ahead = threads_.empty()
                           ? 1
                           : std::max(kBatchesAhead, kPicturesAhead * threads_.size() /
                                                         static_cast<size_t>(options_.batch_size));
  while (slots_.size() < ahead && next_scheduled_ < options_.end_batch) schedule_one();
  if (slots_.empty()) return std::nullopt;
  const std::shared_ptr<Slot> slot = std::move(slots_.front());
  slots_.pop_front();

  const auto start = std::chrono::steady_clock::now();
  if (threads_.empty()) {
    for (const Job& job : jobs_) fill_row(*job.slot, job.row);
    jobs_.clear();
  } else {
    std::unique_lock lock(mutex_);
    row_done_.wait(lock, [&] { return slot->rows_left == 0; });
  }
  const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - start;
  waited_seconds_ += waited.count();

  for (const std::exception_ptr& error : slot->errors) {
    if (error) std::rethrow_exception(error);
  }
  return std::move(slot->batch);
}

void BatchLoader::schedule_one() {
  auto slot = std::make_shared<Slot>();
  Batch& batch = slot->batch;
  slot->pass = order_.pass_of(next_scheduled_);
  batch.indices = order_.indices_of(next_scheduled_++);
  const auto rows = static_cast<int64_t>(batch.indices.size());
  const int64_t side = folder_.image_size_px();
  batch.images =
      torch::empty({rows, 3, side, side},
                   torch::TensorOptions().memory_format(torch::MemoryFormat::ChannelsLast));
  batch.labels = torch::empty({rows});
  for (int64_t row = 0; row < rows; ++row) {
    batch.labels.mutable_data_ptr<float>()[row] =
        static_cast<float>(folder_.label(static_cast<size_t>(batch.indices[row])));
  }
  slot->pixels = batch.images.mutable_data_ptr<float>();
  slot->rows_left = rows;
  slot->errors.resize(rows);
  {
    const std::lock_guard lock(mutex_);
    for (int64_t row = 0; row < rows; ++row) jobs_.push_back({slot, row});
  }
  job_added_.notify_all();
  slots_.push_back(std::move(slot));
}

void BatchLoader::fill_row(Slot& slot, int64_t row) const {
  const int64_t index = slot.batch.indices[row];
  const int64_t side = folder_.image_size_px();
  try {
    chain_(folder_.picture(static_cast<size_t>(index)),
           {.pass = slot.pass, .index = static_cast<uint32_t>(index)},
           slot.pixels + row * side * side * 3);
  } catch (...) {
    slot.errors[row] = std::current_exception();
  }
}

void BatchLoader::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    job_added_.wait(lock, [&] { return stopping_ || !jobs_.empty(); });
    if (stopping_) return;
    const Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    fill_row(*job.slot, job.row);
    lock.lock();
    if (--job.slot->rows_left == 0) row_done_.notify_one();
  }
}

}  // namespace catdog
