// SPDX-License-Identifier: Apache-2.0
// Independent pieces of work, spread over all processors.
#pragma once

#include <cstddef>
#include <functional>

namespace catdog {

// Calls `action(i)` once for each i below `count`, from several threads, in no particular order,
// and `progress(done)`, if there is one, on the calling thread now and then. Throws what an action
// throws (the first of several; what has not begun is then left), and Interrupted.
void for_each_index(size_t count, const std::function<void(size_t)>& action,
                    const std::function<void(size_t)>& progress = {});

}  // namespace catdog
