// SPDX-License-Identifier: Apache-2.0
// Work on a GPU that is recorded once and then replayed by a single launch. A step of so small a
// network is hundreds of short operations: launched one by one, they take longer to launch than to
// do.
#pragma once

#include <c10/core/Device.h>

#include <functional>
#include <memory>

namespace catdog {

class RecordedWork {
 public:
  virtual ~RecordedWork() = default;

  // Queues the recorded operations, on the memory that they had. Random numbers in them follow
  // torch's generator as it stands now, as if the work were done anew.
  virtual void replay() = 0;
};

// Calls `work`, which must not wait for the device, and keeps what it queues without doing it. It
// should have been done a few times before, so that libraries have made their choices and lasting
// tensors exist. The present stream is not the default one (see OwnStream). Gives none where
// nothing can be recorded: for the CPU, or in a program built without CUDA's headers. Throws Error.
std::unique_ptr<RecordedWork> record_work(c10::Device device, const std::function<void()>& work);

}  // namespace catdog
