// SPDX-License-Identifier: Apache-2.0
#include "catdog/model/normalization.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "normalization_kernels.hpp"

namespace catdog {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr double kEpsilon = kNormalizationEpsilon, kMomentum = kNormalizationMomentum;

using Floats = std::vector<float>;

// The numbers of a tensor that lies channels last, for the kernels.
template <class Number>
Number* numbers(const torch::Tensor& tensor) {
  return tensor.defined() ? static_cast<Number*>(tensor.data_ptr()) : nullptr;
}

// Calls work(kernels of x's type).
template <class Work>
void with_kernels(const torch::Tensor& x, const Work& work) {
  if (x.scalar_type() == torch::kFloat) {
    work(normalization::kFloats);
  } else {
    work(normalization::kBf16);
  }
}

template <class Number>
Number number_of(const normalization::Kernels<Number>&);  // its type alone

struct Rows {
  int64_t count, channels;
};
Rows rows_of(const torch::Tensor& x) { return {x.numel() / x.size(1), x.size(1)}; }

// Calls work(first row, rows, thread) for each thread's share. What is summed up depends on the
// number of threads, not on who is first.
template <class Work>
void share_rows(const Rows& rows, const Work& work) {
  const int64_t threads = at::get_num_threads(), share = (rows.count + threads - 1) / threads;
  at::parallel_for(0, threads, 1, [&](int64_t begin, int64_t end) {
    for (int64_t thread = begin; thread < end; ++thread) {
      const int64_t first = std::min(thread * share, rows.count);
      work(first, std::min(share, rows.count - first), thread);
    }
  });
}

// Two sums for each channel, over all rows: add(first row, rows, its own sums).
template <class Add>
std::vector<double> sum_rows(const Rows& rows, const Add& add) {
  const auto width = static_cast<size_t>(2 * rows.channels);
  std::vector<std::vector<double>> parts(static_cast<size_t>(at::get_num_threads()),
                                         std::vector<double>(width));
  share_rows(rows, [&](int64_t first, int64_t count, int64_t thread) {
    add(first, count, parts[static_cast<size_t>(thread)].data());
  });
  std::vector<double> sums(width);
  for (const std::vector<double>& part : parts) {
    for (size_t i = 0; i < width; ++i) sums[i] += part[i];
  }
  return sums;
}

struct Moments {
  std::vector<double> mean, variance;
};

// Of a batch. Each channel's first number is the origin from which squares are summed up: their
// difference from the mean's square would otherwise cancel.
Moments moments_of(const torch::Tensor& x) {
  const Rows rows = rows_of(x);
  const auto channels = static_cast<size_t>(rows.channels);
  const torch::Tensor first_row = x.select(0, 0).select(1, 0).select(1, 0).to(torch::kFloat);
  const torch::Tensor origin = first_row.contiguous();
  std::vector<double> sums;
  with_kernels(x, [&](const auto& kernels) {
    using Number = decltype(number_of(kernels));
    sums = sum_rows(rows, [&](int64_t first, int64_t count, double* own) {
      kernels.add_moments(numbers<const Number>(x) + first * rows.channels, count, rows.channels,
                          origin.const_data_ptr<float>(), own);
    });
  });
  Moments moments;
  const auto count = static_cast<double>(rows.count);
  for (size_t c = 0; c < channels; ++c) {
    const double shift = sums[c] / count;
    moments.mean.push_back(origin.const_data_ptr<float>()[c] + shift);
    moments.variance.push_back(std::max(0.0, sums[channels + c] / count - shift * shift));
  }
  return moments;
}

void follow(const Normalization& normalization, const Moments& moments, double count) {
  float* mean = normalization.running_mean.mutable_data_ptr<float>();
  float* variance = normalization.running_var.mutable_data_ptr<float>();
  for (size_t c = 0; c < moments.mean.size(); ++c) {
    const double of_sample = moments.variance[c] * count / std::max(count - 1, 1.0);
    mean[c] = static_cast<float>((1 - kMomentum) * mean[c] + kMomentum * moments.mean[c]);
    variance[c] = static_cast<float>((1 - kMomentum) * variance[c] + kMomentum * of_sample);
  }
}

Moments running_moments(const Normalization& normalization) {
  const float* mean = normalization.running_mean.const_data_ptr<float>();
  const float* variance = normalization.running_var.const_data_ptr<float>();
  const auto channels = static_cast<size_t>(normalization.running_mean.numel());
  return {{mean, mean + channels}, {variance, variance + channels}};
}

torch::Tensor applied(const torch::Tensor& x, const Normalization& normalization,
                      const Moments& moments, const torch::Tensor& shortcut, bool relu) {
  const Rows rows = rows_of(x);
  Floats scale, offset;
  for (size_t c = 0; c < moments.mean.size(); ++c) {
    const double factor =
        normalization.weight.const_data_ptr<float>()[c] / std::sqrt(moments.variance[c] + kEpsilon);
    scale.push_back(static_cast<float>(factor));
    offset.push_back(static_cast<float>(normalization.bias.const_data_ptr<float>()[c] -
                                        moments.mean[c] * factor));
  }
  torch::Tensor y = torch::empty_like(x);
  with_kernels(x, [&](const auto& kernels) {
    using Number = decltype(number_of(kernels));
    share_rows(rows, [&](int64_t first, int64_t count, int64_t) {
      const int64_t at = first * rows.channels;
      kernels.apply(numbers<const Number>(x) + at, count, rows.channels,
                    {scale.data(), offset.data()},
                    shortcut.defined() ? numbers<const Number>(shortcut) + at : nullptr, relu,
                    numbers<Number>(y) + at);
    });
  });
  return y;
}

torch::Tensor to_tensor(const std::vector<double>& values) {
  return torch::tensor(values, torch::kDouble);
}

// In training. Nothing is kept for the gradients but the input, and, with ReLU, the output.
struct Normalize : torch::autograd::Function<Normalize> {
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& input,
                               const torch::Tensor& weight, const torch::Tensor& bias,
                               const std::optional<torch::Tensor>& shortcut,
                               const Normalization& normalization, bool relu) {
    const torch::Tensor x = input.contiguous(torch::MemoryFormat::ChannelsLast);
    const torch::Tensor beside = shortcut ? shortcut->contiguous(torch::MemoryFormat::ChannelsLast) : torch::Tensor();
    const Moments moments = moments_of(x);
    follow(normalization, moments, static_cast<double>(rows_of(x).count));
    torch::Tensor y = applied(x, {weight, bias, {}, {}}, moments, beside, relu);
    context->saved_data["has_shortcut"] = shortcut.has_value();
    context->saved_data["relu"] = relu;
    variable_list saved = {x, weight, to_tensor(moments.mean), to_tensor(moments.variance)};
    if (relu) saved.push_back(y);
    context->save_for_backward(saved);
    return y;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const torch::Tensor& x = saved[0];
    const torch::Tensor y = context->saved_data["relu"].toBool() ? saved[4] : torch::Tensor();
    const torch::Tensor gradient = gradients[0].to(x.scalar_type()).contiguous(torch::MemoryFormat::ChannelsLast);
    const bool has_shortcut = context->saved_data["has_shortcut"].toBool();
    torch::Tensor of_shortcut;
    if (has_shortcut) of_shortcut = y.defined() ? torch::empty_like(x) : gradient;

    const Rows rows = rows_of(x);
    const auto channels = static_cast<size_t>(rows.channels);
    const double* mean = saved[2].const_data_ptr<double>();
    const double* variance = saved[3].const_data_ptr<double>();
    const Floats centre(mean, mean + channels);
    torch::Tensor of_input = torch::empty_like(x);
    torch::Tensor of_weight = torch::empty({rows.channels}),
                  of_bias = torch::empty({rows.channels});
    with_kernels(x, [&](const auto& kernels) {
      using Number = decltype(number_of(kernels));
      const auto at = [&](const torch::Tensor& tensor, int64_t row) {
        Number* const begin = numbers<Number>(tensor);
        return begin == nullptr ? nullptr : begin + row * rows.channels;
      };
      const std::vector<double> sums = sum_rows(rows, [&](int64_t first, int64_t count,
                                                          double* own) {
        kernels.add_gradients(at(x, first), at(y, first), at(gradient, first), count, rows.channels,
                              centre.data(), own, y.defined() ? at(of_shortcut, first) : nullptr);
      });
      Floats scale, of_mean, slope;
      for (size_t c = 0; c < channels; ++c) {
        const double inverse = 1 / std::sqrt(variance[c] + kEpsilon);
        const double share = 1 / static_cast<double>(rows.count);
        of_bias.mutable_data_ptr<float>()[c] = static_cast<float>(sums[c]);
        of_weight.mutable_data_ptr<float>()[c] = static_cast<float>(sums[channels + c] * inverse);
        scale.push_back(static_cast<float>(saved[1].const_data_ptr<float>()[c] * inverse));
        of_mean.push_back(static_cast<float>(sums[c] * share));
        slope.push_back(static_cast<float>(sums[channels + c] * share * inverse * inverse));
      }
      share_rows(rows, [&](int64_t first, int64_t count, int64_t) {
        kernels.pull_back(at(x, first), at(y, first), at(gradient, first), count, rows.channels,
                          {scale.data(), of_mean.data(), centre.data(), slope.data()},
                          at(of_input, first));
      });
    });
    return {of_input, of_weight, of_bias, of_shortcut, torch::Tensor(), torch::Tensor()};
  }
};

bool kernels_apply(const torch::Tensor& x, const Normalization& normalization, bool training) {
  const bool type = x.scalar_type() == torch::kFloat || x.scalar_type() == torch::kBFloat16;
  return x.device().is_cpu() && type && x.numel() > 0 &&
         normalization.weight.scalar_type() == torch::kFloat &&
         (training || !torch::GradMode::is_enabled());
}

}  // namespace

torch::Tensor normalize(const torch::Tensor& x, const Normalization& normalization,
                        const torch::Tensor& shortcut, bool relu, bool training) {
  if (kernels_apply(x, normalization, training)) {
    if (training) {
      const auto beside = shortcut.defined() ? std::optional(shortcut) : std::nullopt;
      return Normalize::apply(x, normalization.weight, normalization.bias, beside, normalization,
                              relu);
    }
    const torch::Tensor beside =
        shortcut.defined() ? shortcut.contiguous(torch::MemoryFormat::ChannelsLast) : torch::Tensor();
    return applied(x.contiguous(torch::MemoryFormat::ChannelsLast), normalization, running_moments(normalization),
                   beside, relu);
  }
  torch::Tensor y = torch::batch_norm(x, normalization.weight, normalization.bias,
                                      normalization.running_mean, normalization.running_var,
                                      training, kMomentum, kEpsilon, /*cudnn_enabled=*/true);
  if (shortcut.defined()) y = y.add_(shortcut);
  return relu ? y.relu_() : y;
}

}  // namespace catdog
