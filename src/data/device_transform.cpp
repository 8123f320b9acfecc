// SPDX-License-Identifier: Apache-2.0
// The numbers that were drawn travel to the device as one small table; from there on every step is
// one operation over all pixels of all pictures. Places are doubles, computed and folded by the
// formulas of warp.cpp in their order, one rounding an operation: where one lies midway between two
// pixels, the last bit decides. So operations that contract a * b + c must not be used on places.
#include "catdog/data/device_transform.hpp"

#include <algorithm>

#include "device_colours.hpp"

namespace catdog {
namespace {

using torch::Tensor;

// The drawn numbers, (N, …) doubles on the device.
struct Draws {
  Tensor matrices;                                          // (N, 2, 3)
  Tensor flips;                                             // (N, 2): vertically, horizontally
  Tensor shifts;                                            // (N, 3)
  Tensor brightness, contrast, saturation, hues_deg, grey;  // (N, 1)
};

// Memory of the host that the device reads later, if it has not done so at once.
Tensor send(const Tensor& tensor, torch::Device device) {
  return tensor.to(device, /*non_blocking=*/true);
}

Draws send_draws(const std::vector<Transformation>& transformations, Size in, Size size,
                 torch::Device device) {
  constexpr int64_t kColumns = 6 + 2 + 3 + 5;
  std::vector<double> table;
  table.reserve(transformations.size() * kColumns);
  for (const Transformation& drawn : transformations) {
    for (const auto& row : lookup_matrix(in, size, drawn).value_or(affine_matrix(size, Affine{}))) {
      table.insert(table.end(), row.begin(), row.end());
    }
    table.push_back(drawn.flip_vertically ? 1 : 0);
    table.push_back(drawn.flip_horizontally ? 1 : 0);
    table.insert(table.end(), drawn.channel_shifts.begin(), drawn.channel_shifts.end());
    table.insert(table.end(), {drawn.brightness, drawn.contrast, drawn.saturation, drawn.hue_deg,
                               drawn.grey ? 1.0 : 0.0});
  }
  const Tensor on_device = send(torch::tensor(table, torch::kDouble).view({-1, kColumns}), device);
  return {.matrices = on_device.narrow(1, 0, 6).unflatten(1, {2, 3}),
          .flips = on_device.narrow(1, 6, 2),
          .shifts = on_device.narrow(1, 8, 3),
          .brightness = on_device.narrow(1, 11, 1),
          .contrast = on_device.narrow(1, 12, 1),
          .saturation = on_device.narrow(1, 13, 1),
          .hues_deg = on_device.narrow(1, 14, 1),
          .grey = on_device.narrow(1, 15, 1)};
}

// (2, N, S, S): row and column in the input of each pixel of the output.
Tensor locate(const Draws& draws, int64_t side) {
  const Tensor along = torch::arange(side, draws.matrices.options());
  // A flip after the warp: the pixel is the one at the other end.
  const Tensor seen =
      torch::where(draws.flips.unsqueeze(2) > 0.5, (side - 1) - along, along);  // (N, 2, S)
  const Tensor rows = seen.select(1, 0), columns = seen.select(1, 1);           // (N, S)
  const Tensor by_axis = draws.matrices.transpose(0, 1).unsqueeze(3);           // (2, N, 3, 1)
  const Tensor start = rows * by_axis.select(2, 0), slope = columns * by_axis.select(2, 1);
  return start.unsqueeze(3) + slope.unsqueeze(2) + by_axis.select(2, 2).unsqueeze(3);
}

Tensor whole_part(const Tensor& x) { return x.clamp(0, 1e9).floor(); }

// The folds bring places into the picture, along axes of `size` pixels.

Tensor fold_reflect(const Tensor& places, int64_t size) {
  const auto n = static_cast<double>(size);
  const double period = 2 * n;
  const Tensor raised = places + period * whole_part(-places / period);
  const Tensor mirrored = torch::where(raised > -1e-15, 1e-15, -raised) - 1;
  const Tensor from_below = torch::where(raised < -n, raised + period, mirrored);
  const Tensor x = torch::where(raised < 0, from_below, raised);
  const Tensor rest = x - period * whole_part(x / period);
  const Tensor from_above = torch::where(rest >= n, period - rest - 1, rest);
  return torch::where(x > n - 1, from_above, x).clamp(-1, n);
}

Tensor fold_wrap(const Tensor& places, int64_t size) {
  const auto last = static_cast<double>(size - 1);
  const Tensor raised = places + last * (whole_part(-places / last) + 1);
  const Tensor x = torch::where(places < 0, raised, places);
  const Tensor lowered = x - last * whole_part(x / last);
  return torch::where(x > last, lowered, x).clamp(0, last);
}

Tensor fold(FillMode mode, const Tensor& places, int64_t size) {
  if (size == 1) mode = FillMode::nearest;
  switch (mode) {
    case FillMode::nearest: break;
    case FillMode::constant: break;  // what lies outside is painted over
    case FillMode::reflect: return fold_reflect(places, size);
    case FillMode::wrap: return fold_wrap(places, size);
  }
  return places.clamp(0, static_cast<double>(size - 1));
}

// Looks up pixels in pictures (P, T, T, 3): (N, S, S, 3) floats from 0 to 255, at whole rows and
// columns, (N, S, S) doubles that lie in the picture.
class Lookup {
 public:
  Lookup(const Tensor& pictures, const Tensor& indices)
      : pixels_(pictures.view({-1, 3})),
        side_(pictures.size(1)),
        first_((indices * (side_ * side_)).view({-1, 1, 1})) {}

  Tensor operator()(const Tensor& rows, const Tensor& columns) const {
    const Tensor at = (rows * side_ + columns).to(torch::kLong) + first_;
    return pixels_.index_select(0, at.flatten())
        .view({at.size(0), at.size(1), at.size(2), 3})
        .to(torch::kFloat);
  }

  int64_t side() const { return side_; }

 private:
  Tensor pixels_;  // (P·S·S, 3)
  int64_t side_;
  Tensor first_;  // of each picture's pixels
};

Tensor sample(const Lookup& lookup, const Tensor& places, Interpolation interpolation) {
  const auto last = static_cast<double>(lookup.side() - 1);
  if (interpolation == Interpolation::nearest) {
    const Tensor nearest = (places + 0.5).floor_().clamp_(0, last);
    return lookup(nearest[0], nearest[1]);
  }
  const Tensor whole = places.floor();
  const Tensor share = (places - whole).to(torch::kFloat).unsqueeze(4);  // (2, N, S, S, 1)
  const Tensor near = whole.clamp(0, last), far = (whole + 1).clamp_(0, last);
  const auto between = [&](const Tensor& rows) {
    return torch::lerp(lookup(rows, near[1]), lookup(rows, far[1]), share[1]);
  };
  return torch::lerp(between(near[0]), between(far[0]), share[0]);
}

Tensor warp_all(const Lookup& lookup, const Draws& draws, int64_t side,
                const AugmentOptions& options) {
  const Tensor places = locate(draws, side);
  Tensor result =
      sample(lookup, fold(options.fill_mode, places, lookup.side()), options.interpolation);
  if (options.fill_mode == FillMode::constant) {
    const auto last = static_cast<double>(lookup.side() - 1);
    const Tensor outside = ((places < 0) | (places > last)).any(0).unsqueeze(3);
    result.masked_fill_(outside, options.cval);
  }
  return result;
}

void erase(Tensor canvas, const Transformation& drawn) {
  const cv::Rect& area = drawn.erased;
  const Tensor noise =
      torch::tensor(erasing_noise(drawn), torch::kByte).view({area.height, area.width, 3});
  canvas.narrow(0, area.y, area.height)
      .narrow(1, area.x, area.width)
      .copy_(send(noise, canvas.device()));
}

}  // namespace

torch::Tensor transform_on_device(const torch::Tensor& pictures, const torch::Tensor& indices,
                                  const std::vector<Transformation>& transformations,
                                  const AugmentOptions& options, int side_px) {
  const auto any = [&](const auto& holds) {
    return std::any_of(transformations.begin(), transformations.end(), holds);
  };
  const auto own_side = static_cast<int>(pictures.size(1));
  const Size in = {own_side, own_side}, size = {side_px, side_px};
  const bool moves = any([&](const Transformation& drawn) {
    return lookup_matrix(in, size, drawn) || drawn.flip_horizontally || drawn.flip_vertically;
  });
  Draws draws;
  if (in != size || any([](const auto& drawn) { return drawn != Transformation(); })) {
    draws = send_draws(transformations, in, size, pictures.device());
  }
  Tensor canvas = moves ? warp_all(Lookup(pictures, indices), draws, side_px, options)
                        : pictures.index_select(0, indices).to(torch::kFloat);
  if (any([](const auto& drawn) { return drawn.channel_shifts != std::array<double, 3>{}; })) {
    shift_channels(canvas, draws.shifts);
  }
  if (any([](const auto& drawn) { return drawn.brightness != 1; })) {
    brighten(canvas, draws.brightness);
  }
  if (any([](const auto& drawn) { return drawn.contrast != 1; })) {
    change_contrast(canvas, draws.contrast);
  }
  if (any([](const auto& drawn) { return drawn.saturation != 1; })) {
    change_saturation(canvas, draws.saturation);
  }
  if (any([](const auto& drawn) { return drawn.hue_deg != 0; })) turn_hues(canvas, draws.hues_deg);
  if (any([](const auto& drawn) { return drawn.grey; })) make_grey(canvas, draws.grey);
  for (size_t i = 0; i < transformations.size(); ++i) {
    if (transformations[i].erased.empty()) continue;
    erase(canvas[static_cast<int64_t>(i)], transformations[i]);
  }
  return canvas.mul_(kRescale).permute({0, 3, 1, 2});
}

}  // namespace catdog
