// SPDX-License-Identifier: Apache-2.0
// What the machine can do at best, measured as it is at this moment.
#include <functional>

#include "catdog/bench/bench.hpp"
#include "stopwatch.hpp"

namespace catdog {
namespace {

constexpr int64_t kBatch = 32;

// 3×3 without padding, channels last. The first three are the book's network's.
struct Convolution {
  int64_t channels, side, filters;
};
constexpr Convolution kConvolutions[] = {
    {32, 74, 64}, {64, 36, 128}, {128, 17, 128}, {128, 56, 128}, {256, 28, 256}};

// Of square matrices.
constexpr int64_t kProducts[] = {1024, 2048};

// One measurement of `work`, which does `gflop`, after one that does not count: seconds for 10^9
// operations, so that rounds compare whichever work was the best.
Measurement measure(const char* name, double gflop, torch::Device device,
                    const std::function<void()>& work) {
  work();
  Stopwatch watch(device);
  work();
  return {.name = name, .images = 0, .gflop = 1, .seconds = watch.lap() / gflop};
}

void keep_better(Measurement& best, const Measurement& other) {
  if (best.name.empty() || other.seconds < best.seconds) best = other;
}

}  // namespace

Measurements measure_limit(torch::Device device, torch::Dtype type) {
  const torch::NoGradGuard no_gradient;
  const auto random = [&](torch::IntArrayRef shape) {
    return torch::randn(shape, torch::TensorOptions(device)).to(type);
  };
  const auto channels_last = torch::MemoryFormat::ChannelsLast;
  Measurement convolution{}, product{};
  for (const auto& [channels, side, filters] : kConvolutions) {
    const torch::Tensor x = random({kBatch, channels, side, side}).contiguous(channels_last);
    const torch::Tensor weights = random({filters, channels, 3, 3}).contiguous(channels_last);
    const double gflop =
        2e-9 * static_cast<double>(kBatch * (side - 2) * (side - 2) * weights.numel());
    keep_better(convolution,
                measure("convolution", gflop, device, [&] { torch::conv2d(x, weights); }));
  }
  for (const int64_t side : kProducts) {
    const torch::Tensor a = random({side, side}), b = random({side, side});
    const double gflop = 2e-9 * static_cast<double>(side * side * side);
    keep_better(product, measure("product", gflop, device, [&] { torch::mm(a, b); }));
  }
  return {convolution, product};
}

}  // namespace catdog
