// SPDX-License-Identifier: Apache-2.0
#include "catdog/pictures/mix.hpp"

#include <algorithm>
#include <cmath>

#include "catdog/core/each_cpu.hpp"

namespace catdog {
namespace {

// The logarithm of a Gamma(alpha, 1) number, as that of a small alpha may be too small for a
// double. Marsaglia and Tsang, "A simple method for generating gamma variables", 2000; below 1 by
// way of alpha + 1, as they say in section 6.
double draw_log_gamma(double alpha, Rng& rng) {
  if (alpha < 1) {
    const double log_uniform = std::log1p(-rng.uniform());
    return draw_log_gamma(alpha + 1, rng) + log_uniform / alpha;
  }
  const double d = alpha - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = rng.normal();
    const double root = 1 + c * x;
    const double log_uniform = std::log1p(-rng.uniform());
    if (root <= 0) continue;
    const double v = root * root * root;
    if (log_uniform < x * x / 2 + d - d * v + d * std::log(v)) return std::log(d * v);
  }
}

// Beta(alpha, alpha).
double draw_beta(double alpha, Rng& rng) {
  const double log_a = draw_log_gamma(alpha, rng), log_b = draw_log_gamma(alpha, rng);
  return 1 / (1 + std::exp(log_b - log_a));
}

// About a middle that lies anywhere in the picture: what would stick out is cut off.
cv::Rect rectangle_about(cv::Point middle, double area_share, Size size) {
  const double side_share = std::sqrt(area_share);
  const cv::Point half(static_cast<int>(size.width * side_share) / 2,
                       static_cast<int>(size.height * side_share) / 2);
  return cv::Rect(middle - half, middle + half) & cv::Rect(0, 0, size.width, size.height);
}

CATDOG_FOR_EACH_CPU
void blend_into(float* __restrict picture, const float* __restrict other, float share,
                size_t count) {
  for (size_t i = 0; i < count; ++i) {
    picture[i] = share * picture[i] + (1 - share) * other[i];
  }
}

}  // namespace

Mix draw_mix(const AugmentOptions& options, Size size, Rng rng) {
  // The last draw is Beta's, because the count of its numbers varies.
  const bool mixes = rng.uniform() < options.mix_share;
  const bool prefers_cutmix = rng.uniform() < 0.5;
  const auto x = static_cast<int>(rng.below(static_cast<uint64_t>(size.width)));
  const auto y = static_cast<int>(rng.below(static_cast<uint64_t>(size.height)));
  const bool pastes = options.cutmix_alpha > 0 && (prefers_cutmix || options.mixup_alpha == 0);
  const double alpha = pastes ? options.cutmix_alpha : options.mixup_alpha;
  Mix mix;
  if (!mixes || alpha == 0) return mix;
  mix.share = draw_beta(alpha, rng);
  if (pastes) {
    mix.pasted = rectangle_about({x, y}, 1 - mix.share, size);
    mix.share = 1 - static_cast<double>(mix.pasted.area()) /
                        (static_cast<double>(size.width) * size.height);
  }
  return mix;
}

void mix_into(float* picture, const float* other, const Mix& mix, Size size) {
  const size_t row_length = static_cast<size_t>(size.width) * 3;
  const cv::Rect& pasted = mix.pasted;
  if (pasted.empty()) {
    if (mix.share == 1) return;
    blend_into(picture, other, static_cast<float>(mix.share),
               static_cast<size_t>(size.height) * row_length);
    return;
  }
  for (int y = pasted.y; y < pasted.y + pasted.height; ++y) {
    const size_t at = static_cast<size_t>(y) * row_length + static_cast<size_t>(pasted.x) * 3;
    std::copy_n(other + at, static_cast<size_t>(pasted.width) * 3, picture + at);
  }
}

}  // namespace catdog
