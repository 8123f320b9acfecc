// SPDX-License-Identifier: Apache-2.0
// The kernels read floats as integers of their width: among non-negative floats the order is the
// integers' order, and every negative float is a negative integer. So the maximum of a window
// against 0 is an integer maximum, without a branch, and the loops over channels vectorise.
#include "catdog/model/relu_max_pool.hpp"

#include <ATen/Parallel.h>

#include <cstdint>
#include <limits>

#include "catdog/core/each_cpu.hpp"

namespace catdog {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

#define CATDOG_INLINE inline __attribute__((always_inline))

// Which of the four gave the maximum, in reading order; kNone if none is above 0.
constexpr int kNone = 4;

// Integers that hold the bits of a float type; infinity's are the largest that are not NaN's.
template <class Int>
constexpr Int kInfinity = sizeof(Int) == 4 ? 0x7f800000 : 0x7f80;
template <class Int>
constexpr Int kMagnitude = std::numeric_limits<Int>::max();  // all bits but the sign

// A NaN whose sign bit is set, as processors make them, without it: above all numbers.
template <class Int>
CATDOG_INLINE Int unsign_nan(Int bits) {
  const Int magnitude = bits & kMagnitude<Int>;
  return magnitude > kInfinity<Int> ? magnitude : bits;
}

// One row of windows, channels last: `top` and `bottom` are rows of the input.
template <class Int>
CATDOG_INLINE void pool_row(const Int* __restrict top, const Int* __restrict bottom,
                            Int* __restrict out, int8_t* __restrict which, int64_t windows,
                            int64_t channels) {
  for (int64_t window = 0; window < windows; ++window) {
    for (int64_t c = 0; c < channels; ++c) {
      const Int a = unsign_nan(top[c]), b = unsign_nan(top[channels + c]);
      const Int d = unsign_nan(bottom[c]), e = unsign_nan(bottom[channels + c]);
      Int best = 0, winner = kNone;
      winner = a > best ? Int{0} : winner;
      best = a > best ? a : best;
      winner = b > best ? Int{1} : winner;
      best = b > best ? b : best;
      winner = d > best ? Int{2} : winner;
      best = d > best ? d : best;
      winner = e > best ? Int{3} : winner;
      best = e > best ? e : best;
      out[c] = best;
      which[c] = static_cast<int8_t>(winner);
    }
    top += 2 * channels;
    bottom += 2 * channels;
    out += channels;
    which += channels;
  }
}

// The same where no gradient will be asked for.
template <class Int>
CATDOG_INLINE void pool_row_values(const Int* __restrict top, const Int* __restrict bottom,
                                   Int* __restrict out, int64_t windows, int64_t channels) {
  for (int64_t window = 0; window < windows; ++window) {
    for (int64_t c = 0; c < channels; ++c) {
      const Int a = unsign_nan(top[c]), b = unsign_nan(top[channels + c]);
      const Int d = unsign_nan(bottom[c]), e = unsign_nan(bottom[channels + c]);
      const Int of_top = a > b ? a : b, of_bottom = d > e ? d : e;
      const Int best = of_top > of_bottom ? of_top : of_bottom;
      out[c] = best > 0 ? best : Int{0};
    }
    top += 2 * channels;
    bottom += 2 * channels;
    out += channels;
  }
}

// One row of windows' gradients into two rows of the input's.
template <class Int>
CATDOG_INLINE void unpool_row(const Int* __restrict gradient, const int8_t* __restrict which,
                              Int* __restrict top, Int* __restrict bottom, int64_t windows,
                              int64_t channels) {
  for (int64_t window = 0; window < windows; ++window) {
    for (int64_t c = 0; c < channels; ++c) {
      top[c] = gradient[c] & static_cast<Int>(-(which[c] == 0));
      top[channels + c] = gradient[c] & static_cast<Int>(-(which[c] == 1));
      bottom[c] = gradient[c] & static_cast<Int>(-(which[c] == 2));
      bottom[channels + c] = gradient[c] & static_cast<Int>(-(which[c] == 3));
    }
    top += 2 * channels;
    bottom += 2 * channels;
    gradient += channels;
    which += channels;
  }
}

// A copy of each for each kind of processor and each width.
#define CATDOG_ROWS(Int)                                                                           \
  CATDOG_FOR_EACH_CPU void pool_rows(const Int* top, const Int* bottom, Int* out, int8_t* which,   \
                                     int64_t windows, int64_t channels) {                          \
    pool_row(top, bottom, out, which, windows, channels);                                          \
  }                                                                                                \
  CATDOG_FOR_EACH_CPU void pool_rows(const Int* top, const Int* bottom, Int* out, int64_t windows, \
                                     int64_t channels) {                                           \
    pool_row_values(top, bottom, out, windows, channels);                                          \
  }                                                                                                \
  CATDOG_FOR_EACH_CPU void unpool_rows(const Int* gradient, const int8_t* which, Int* top,         \
                                       Int* bottom, int64_t windows, int64_t channels) {           \
    unpool_row(gradient, which, top, bottom, windows, channels);                                   \
  }
CATDOG_ROWS(int32_t)
CATDOG_ROWS(int16_t)
#undef CATDOG_ROWS

// A map (N, C, H, W) in channels-last order, and its rows of C-vectors as integers.
template <class Int>
struct MapRows {
  int64_t channels, height, width;
  Int* data;

  explicit MapRows(const torch::Tensor& tensor)
      : channels(tensor.size(1)),
        height(tensor.size(2)),
        width(tensor.size(3)),
        data(static_cast<Int*>(tensor.data_ptr())) {}

  Int* row(int64_t picture, int64_t y) const {
    return data + (picture * height + y) * width * channels;
  }
};

// Calls work(picture, y) for each row of `map`, spread over the threads.
template <class Int, class Work>
void for_each_row(int64_t pictures, const MapRows<Int>& map, const Work& work) {
  at::parallel_for(0, pictures * map.height, /*grain_size=*/1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) work(i / map.height, i % map.height);
  });
}

torch::Tensor empty_map(int64_t pictures, int64_t channels, int64_t height, int64_t width,
                        torch::Dtype type) {
  return torch::empty({pictures, channels, height, width},
                      torch::TensorOptions(type).memory_format(torch::MemoryFormat::ChannelsLast));
}

// `which`, if given, becomes the winners for the backward pass.
template <class Int>
torch::Tensor pool(const torch::Tensor& input, torch::Tensor* which) {
  const torch::Tensor x = input.contiguous(torch::MemoryFormat::ChannelsLast);
  const int64_t pictures = x.size(0);
  const MapRows<Int> in(x);
  torch::Tensor result =
      empty_map(pictures, in.channels, in.height / 2, in.width / 2, x.scalar_type());
  const MapRows<Int> out(result);
  if (which == nullptr) {
    for_each_row(pictures, out, [&](int64_t picture, int64_t y) {
      pool_rows(in.row(picture, 2 * y), in.row(picture, 2 * y + 1), out.row(picture, y), out.width,
                out.channels);
    });
    return result;
  }
  *which = torch::empty_like(result, torch::kChar);
  const MapRows<int8_t> winners(*which);
  for_each_row(pictures, out, [&](int64_t picture, int64_t y) {
    pool_rows(in.row(picture, 2 * y), in.row(picture, 2 * y + 1), out.row(picture, y),
              winners.row(picture, y), out.width, out.channels);
  });
  return result;
}

template <class Int>
torch::Tensor unpool(const torch::Tensor& output_gradient, const torch::Tensor& which,
                     int64_t height, int64_t width) {
  const torch::Tensor gradient = output_gradient.contiguous(torch::MemoryFormat::ChannelsLast);
  const int64_t pictures = gradient.size(0);
  const MapRows<Int> out(gradient);
  const MapRows<int8_t> winners(which);
  torch::Tensor result = empty_map(pictures, out.channels, height, width, gradient.scalar_type());
  const MapRows<Int> in(result);
  for_each_row(pictures, out, [&](int64_t picture, int64_t y) {
    unpool_rows(out.row(picture, y), winners.row(picture, y), in.row(picture, 2 * y),
                in.row(picture, 2 * y + 1), out.width, out.channels);
  });
  // An odd last row or column lies in no window.
  if (height % 2 == 1) result.select(2, height - 1).zero_();
  if (width % 2 == 1) result.select(3, width - 1).zero_();
  return result;
}

template <class Int>
struct ReluMaxPool : torch::autograd::Function<ReluMaxPool<Int>> {
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& x) {
    torch::Tensor which;
    torch::Tensor result = pool<Int>(x, &which);
    context->save_for_backward({which});
    context->saved_data["height"] = x.size(2);
    context->saved_data["width"] = x.size(3);
    return result;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    return {unpool<Int>(gradients[0], context->get_saved_variables()[0],
                        context->saved_data["height"].toInt(),
                        context->saved_data["width"].toInt())};
  }
};

template <class Int>
torch::Tensor relu_max_pool_as(const torch::Tensor& x) {
  if (torch::GradMode::is_enabled() && x.requires_grad()) return ReluMaxPool<Int>::apply(x);
  return pool<Int>(x, nullptr);
}

}  // namespace

Pooled relu_max_pool_with_places(const torch::Tensor& x) {
  Pooled pooled;
  pooled.values = x.scalar_type() == torch::kFloat ? pool<int32_t>(x, &pooled.which)
                                                   : pool<int16_t>(x, &pooled.which);
  return pooled;
}

torch::Tensor relu_max_pool(const torch::Tensor& x) {
  if (x.device().is_cpu() && x.scalar_type() == torch::kFloat) return relu_max_pool_as<int32_t>(x);
  if (x.device().is_cpu() && x.scalar_type() == torch::kBFloat16) {
    return relu_max_pool_as<int16_t>(x);
  }
  return torch::max_pool2d(x, 2).relu();
}

}  // namespace catdog
