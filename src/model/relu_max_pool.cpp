// SPDX-License-Identifier: Apache-2.0
// The kernels read floats as integers of their width: among non-negative floats the order is the
// integers' order, and every negative float is a negative integer. So the maximum of a window
// against 0 is an integer maximum, without a branch, and the loops over channels vectorise.
#include "catdog/model/relu_max_pool.hpp"

#include <ATen/Parallel.h>

#include <cstdint>

#include "catdog/core/each_cpu.hpp"

namespace catdog {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Which of the four gave the maximum, in reading order; kNone if none is above 0.
constexpr int32_t kNone = 4;

// One row of windows, channels last: `top` and `bottom` are rows of the input.
CATDOG_FOR_EACH_CPU
void pool_row(const int32_t* __restrict top, const int32_t* __restrict bottom,
              int32_t* __restrict out, int32_t* __restrict which, int64_t windows,
              int64_t channels) {
  for (int64_t window = 0; window < windows; ++window) {
    for (int64_t c = 0; c < channels; ++c) {
      const int32_t a = top[c], b = top[channels + c];
      const int32_t d = bottom[c], e = bottom[channels + c];
      int32_t best = 0, winner = kNone;
      winner = a > best ? 0 : winner;
      best = a > best ? a : best;
      winner = b > best ? 1 : winner;
      best = b > best ? b : best;
      winner = d > best ? 2 : winner;
      best = d > best ? d : best;
      winner = e > best ? 3 : winner;
      best = e > best ? e : best;
      out[c] = best;
      which[c] = winner;
    }
    top += 2 * channels;
    bottom += 2 * channels;
    out += channels;
    which += channels;
  }
}

// The same where no gradient will be asked for.
CATDOG_FOR_EACH_CPU
void pool_row_values(const int32_t* __restrict top, const int32_t* __restrict bottom,
                     int32_t* __restrict out, int64_t windows, int64_t channels) {
  for (int64_t window = 0; window < windows; ++window) {
    for (int64_t c = 0; c < channels; ++c) {
      const int32_t a = top[c] > top[channels + c] ? top[c] : top[channels + c];
      const int32_t b = bottom[c] > bottom[channels + c] ? bottom[c] : bottom[channels + c];
      const int32_t best = a > b ? a : b;
      out[c] = best > 0 ? best : 0;
    }
    top += 2 * channels;
    bottom += 2 * channels;
    out += channels;
  }
}

// One row of windows' gradients into two rows of the input's.
CATDOG_FOR_EACH_CPU
void unpool_row(const int32_t* __restrict gradient, const int32_t* __restrict which,
                int32_t* __restrict top, int32_t* __restrict bottom, int64_t windows,
                int64_t channels) {
  for (int64_t window = 0; window < windows; ++window) {
    for (int64_t c = 0; c < channels; ++c) {
      top[c] = gradient[c] & -static_cast<int32_t>(which[c] == 0);
      top[channels + c] = gradient[c] & -static_cast<int32_t>(which[c] == 1);
      bottom[c] = gradient[c] & -static_cast<int32_t>(which[c] == 2);
      bottom[channels + c] = gradient[c] & -static_cast<int32_t>(which[c] == 3);
    }
    top += 2 * channels;
    bottom += 2 * channels;
    gradient += channels;
    which += channels;
  }
}

// A map (N, C, H, W) in channels-last order, and its rows of C-vectors as integers.
struct Rows {
  int64_t channels, height, width;
  int32_t* data;

  explicit Rows(const torch::Tensor& tensor)
      : channels(tensor.size(1)),
        height(tensor.size(2)),
        width(tensor.size(3)),
        data(static_cast<int32_t*>(tensor.data_ptr())) {}

  int32_t* row(int64_t picture, int64_t y) const {
    return data + (picture * height + y) * width * channels;
  }
};

// Calls work(picture, y) for each row of `map`, spread over the threads.
template <class Work>
void for_each_row(int64_t pictures, const Rows& map, const Work& work) {
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
torch::Tensor pool(const torch::Tensor& input, torch::Tensor* which) {
  const torch::Tensor x = input.contiguous(torch::MemoryFormat::ChannelsLast);
  const int64_t pictures = x.size(0);
  const Rows in(x);
  torch::Tensor result =
      empty_map(pictures, in.channels, in.height / 2, in.width / 2, torch::kFloat);
  const Rows out(result);
  if (which == nullptr) {
    for_each_row(pictures, out, [&](int64_t picture, int64_t y) {
      pool_row_values(in.row(picture, 2 * y), in.row(picture, 2 * y + 1), out.row(picture, y),
                      out.width, out.channels);
    });
    return result;
  }
  *which = empty_map(pictures, in.channels, out.height, out.width, torch::kInt);
  const Rows winners(*which);
  for_each_row(pictures, out, [&](int64_t picture, int64_t y) {
    pool_row(in.row(picture, 2 * y), in.row(picture, 2 * y + 1), out.row(picture, y),
             winners.row(picture, y), out.width, out.channels);
  });
  return result;
}

torch::Tensor unpool(const torch::Tensor& output_gradient, const torch::Tensor& which,
                     int64_t height, int64_t width) {
  const torch::Tensor gradient = output_gradient.contiguous(torch::MemoryFormat::ChannelsLast);
  const int64_t pictures = gradient.size(0);
  const Rows out(gradient), winners(which);
  torch::Tensor result = empty_map(pictures, out.channels, height, width, torch::kFloat);
  const Rows in(result);
  for_each_row(pictures, out, [&](int64_t picture, int64_t y) {
    unpool_row(out.row(picture, y), winners.row(picture, y), in.row(picture, 2 * y),
               in.row(picture, 2 * y + 1), out.width, out.channels);
  });
  // An odd last row or column lies in no window.
  if (height % 2 == 1) result.select(2, height - 1).zero_();
  if (width % 2 == 1) result.select(3, width - 1).zero_();
  return result;
}

struct ReluMaxPool : torch::autograd::Function<ReluMaxPool> {
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& x) {
    torch::Tensor which;
    torch::Tensor result = pool(x, &which);
    context->save_for_backward({which});
    context->saved_data["height"] = x.size(2);
    context->saved_data["width"] = x.size(3);
    return result;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    return {unpool(gradients[0], context->get_saved_variables()[0],
                   context->saved_data["height"].toInt(), context->saved_data["width"].toInt())};
  }
};

}  // namespace

torch::Tensor relu_max_pool(const torch::Tensor& x) {
  if (!x.device().is_cpu() || x.scalar_type() != torch::kFloat) {
    return torch::max_pool2d(x, 2).relu();
  }
  if (torch::GradMode::is_enabled() && x.requires_grad()) return ReluMaxPool::apply(x);
  return pool(x, nullptr);
}

}  // namespace catdog
