// SPDX-License-Identifier: Apache-2.0
// By the formulas of pictures/colours.cpp.
#include "device_colours.hpp"

namespace catdog {
namespace {

using torch::Tensor;

// Numbers of each picture, as floats beside its pixels.
Tensor beside_pixels(const Tensor& numbers) {
  return numbers.to(torch::kFloat).view({numbers.size(0), 1, 1, -1});
}

// (N, …, 1): red, green and blue as ITU-R BT.601 weighs them.
Tensor grey_of(const Tensor& pixels) {
  return 0.299 * pixels.narrow(-1, 0, 1) + 0.587 * pixels.narrow(-1, 1, 1) +
         0.114 * pixels.narrow(-1, 2, 1);
}

// factor · canvas + (1 - factor) · other.
void blend(Tensor& canvas, const Tensor& other, const Tensor& factors) {
  const Tensor shares = beside_pixels(factors);
  canvas.mul_(shares).add_((1 - shares) * other).clamp_(0, 255);
}

}  // namespace

void shift_channels(Tensor& canvas, const Tensor& shifts) {
  const Tensor low = canvas.amin({1, 2, 3}, /*keepdim=*/true);
  const Tensor high = canvas.amax({1, 2, 3}, /*keepdim=*/true);
  canvas.add_(beside_pixels(shifts)).clamp_(low, high);
}

void brighten(Tensor& canvas, const Tensor& factors) {
  canvas.mul_(beside_pixels(factors)).clamp_max_(255);
}

void change_contrast(Tensor& canvas, const Tensor& factors) {
  blend(canvas, grey_of(canvas.mean({1, 2}, /*keepdim=*/true)), factors);
}

void change_saturation(Tensor& canvas, const Tensor& factors) {
  blend(canvas, grey_of(canvas), factors);
}

void turn_hues(Tensor& canvas, const Tensor& degrees) {
  const Tensor red = canvas.select(3, 0), green = canvas.select(3, 1), blue = canvas.select(3, 2);
  const Tensor high = canvas.amax(3), chroma = high - canvas.amin(3);
  const Tensor inverse = 1 / (chroma + 1e-20);
  const Tensor from_red = (green - blue) * inverse;
  const Tensor from_green = 2 + (blue - red) * inverse;
  const Tensor from_blue = 4 + (red - green) * inverse;
  const Tensor hue =
      torch::where(high == red, from_red, torch::where(high == green, from_green, from_blue));
  // In sixths of the circle; the channels' own places on it are 0, 2 and 4.
  const Tensor turned = hue.unsqueeze(3) + beside_pixels(degrees / 60);
  const Tensor way = (turned - torch::arange(0, 6, 2, canvas.options())).remainder(6);
  const Tensor distance = torch::minimum(way, 6 - way);
  canvas.copy_(high.unsqueeze(3) - chroma.unsqueeze(3) * (distance - 1).clamp(0, 1));
}

void make_grey(Tensor& canvas, const Tensor& grey) {
  canvas.copy_(torch::where(beside_pixels(grey) > 0.5, grey_of(canvas), canvas));
}

}  // namespace catdog
