// SPDX-License-Identifier: Apache-2.0
// What is to be thought of a machine's facts, and what to type.
#pragma once

#include <string>
#include <vector>

#include "catdog/doctor/facts.hpp"

namespace catdog {

struct HealthFinding {
  bool stops_training;  // else it is worth knowing
  std::string what;     // one line
  std::string remedy;   // what to type or do, one line
};

// Those that stop training first. A function of the facts alone.
std::vector<HealthFinding> findings_of(const MachineFacts& facts);

// One line each: which precision auto chose and why; which GPUs are used, or why none is.
std::string precision_text(const MachineFacts& facts);
std::string gpu_text(const GpuFacts& gpu);

}  // namespace catdog
