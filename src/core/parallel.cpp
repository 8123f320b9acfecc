// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

#include "catdog/core/processors.hpp"
#include "catdog/core/signals.hpp"

namespace catdog {

void for_each_index(size_t count, const std::function<void(size_t)>& action,
                    const std::function<void(size_t)>& progress) {
  std::atomic<size_t> next = 0, done = 0;
  std::exception_ptr failure;
  std::atomic_flag failed;
  const auto work = [&](const std::function<void(size_t)>& tell) {
    try {
      for (size_t i = next++; i < count && interrupt_signal() == 0; i = next++) {
        action(i);
        const size_t so_far = ++done;
        if (tell) tell(so_far);
      }
    } catch (...) {
      if (!failed.test_and_set()) failure = std::current_exception();
      next = count;
    }
  };
  {
    std::vector<std::jthread> helpers;  // joined at the end of the block
    const size_t threads = std::min(static_cast<size_t>(usable_cores()), count);
    for (size_t i = 1; i < threads; ++i) helpers.emplace_back([&] { work({}); });
    work(progress);
  }
  throw_if_interrupted();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace catdog
