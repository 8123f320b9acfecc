// SPDX-License-Identifier: Apache-2.0
// What exported files are held against: the network itself, with the program's own preprocessing.
#pragma once

#include "catdog/export/export.hpp"

namespace catdog {

// pictures (N, S, S, 3), uint8, on the CPU.
ExportOutputs run_network(Network net, const torch::Tensor& pictures);

}  // namespace catdog
