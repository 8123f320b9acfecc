// SPDX-License-Identifier: Apache-2.0
// The code of a whole exported module: the network's own lines, and what stands before and after.
#pragma once

#include <string>

#include "architecture.hpp"

namespace catdog {

// The function forward of `pictures`, from bytes to logits and probabilities, in Python and
// TorchScript alike. `signature` is its first line; `indent` stands before that.
std::string forward_in_python(const PythonNetwork& network, const std::string& signature,
                              const std::string& indent = "");

}  // namespace catdog
