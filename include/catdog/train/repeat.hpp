// SPDX-License-Identifier: Apache-2.0
// Whether a computation gives the same bits when it is done again.
#pragma once

#include <functional>

#include "catdog/model/archive.hpp"

namespace catdog {

// Does `work` twice. Throws Error, naming the first tensor that differs in a bit between the two.
void check_repeats(const std::function<NamedTensors()>& work);

}  // namespace catdog
