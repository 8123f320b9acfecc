// SPDX-License-Identifier: Apache-2.0
#include "catdog/pictures/crop.hpp"

#include <cmath>

namespace catdog {
namespace {

constexpr int kAttempts = 10;

Box central_box(const std::array<double, 2>& aspects, Size size) {
  const double aspect = static_cast<double>(size.width) / size.height;
  Box box;
  if (aspect < aspects[0]) box.height = aspect / aspects[0];
  if (aspect > aspects[1]) box.width = aspects[1] / aspect;
  box.top = (1 - box.height) / 2;
  box.left = (1 - box.width) / 2;
  return box;
}

}  // namespace

Box draw_crop(const std::array<double, 2>& areas, const std::array<double, 2>& aspects, Size size,
              Rng rng) {
  // Of a box as wide in shares as it is high.
  const double own_aspect = static_cast<double>(size.width) / size.height;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const double area = rng.uniform(areas[0], areas[1]);
    const double aspect = std::exp(rng.uniform(std::log(aspects[0]), std::log(aspects[1])));
    Box box;
    box.height = std::sqrt(area * own_aspect / aspect);
    box.width = std::sqrt(area * aspect / own_aspect);
    if (box.height > 1 || box.width > 1) continue;
    box.top = rng.uniform(0, 1 - box.height);
    box.left = rng.uniform(0, 1 - box.width);
    return box;
  }
  return central_box(aspects, size);
}

AffineMatrix crop_matrix(Size size, const Box& box) {
  // From pixel i to (offset + (i + 1/2) / size · extent) · size - 1/2.
  const auto shift = [](double offset, double extent, int size_px) {
    return offset * size_px + (extent - 1) / 2;
  };
  return {{{box.height, 0, shift(box.top, box.height, size.height)},
           {0, box.width, shift(box.left, box.width, size.width)}}};
}

}  // namespace catdog
