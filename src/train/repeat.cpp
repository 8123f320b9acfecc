// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/repeat.hpp"

#include <spdlog/fmt/fmt.h>

#include "catdog/core/error.hpp"

namespace catdog {
namespace {

// Bits, not values: a NaN equals itself, 0 is not -0.
bool same_bits(const torch::Tensor& a, const torch::Tensor& b) {
  return torch::equal(a.cpu().contiguous().view(torch::kByte),
                      b.cpu().contiguous().view(torch::kByte));
}

}  // namespace

void check_repeats(const std::function<NamedTensors()>& work) {
  const NamedTensors first = work(), second = work();
  for (const auto& [name, tensor] : first) {
    if (same_bits(tensor, second.at(name))) continue;
    throw Error(
        fmt::format("train.deterministic: the gradient of {} is not the same when its step is "
                    "computed again: this device does not repeat itself to the bit; leave "
                    "--deterministic out, or use --device cpu",
                    name));
  }
}

}  // namespace catdog
