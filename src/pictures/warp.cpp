// SPDX-License-Identifier: Apache-2.0
// Works on blocks of pixels that lie side by side in the output: computes their places in the
// input, folds into the picture those that lie outside, looks up the bytes and blends them. Each
// step is one plain loop over a block, which compilers turn into vector instructions.
//
// Places are doubles, computed in the order of SciPy 1.0: where one lies midway between two pixels,
// the last bit decides (later versions add the shift first). So this file must be compiled without
// contraction of a * b + c to one operation (-ffp-contract=off), which would round differently.
// Bilinear reflection at the very border is that of SciPy 1.6 and later.
#include "catdog/pictures/warp.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

#include "catdog/core/each_cpu.hpp"

namespace catdog {
namespace {

constexpr int kBlock = 128;  // pixels

// The picture that is looked up.
struct Source {
  const uint8_t* bytes;
  int height, width;
  int32_t step;  // bytes from row to row
  int32_t last;  // where the last pixel begins
};

// A run of output pixels of one row.
struct Block {
  double rows[kBlock], columns[kBlock];  // their places in the input
  int32_t offsets[4][kBlock];            // of up to four input pixels for each
  uint32_t pixels[4][kBlock];            // these pixels: red in the lowest byte, blue in the third
  float down[kBlock], right[kBlock];     // the share of the lower and of the right-hand ones
};

inline int32_t floor_to_int(double x) {
  const auto whole = static_cast<int32_t>(x);
  return whole - static_cast<int32_t>(whole > x);
}

// x without its fraction, at least 0; what is out of all reason becomes 10^9.
inline double whole_part(double x) {
  const double from_zero = x > 0 ? x : 0;
  return static_cast<int32_t>(from_zero < 1e9 ? from_zero : 1e9);
}

inline int32_t clamp_to(int32_t i, int32_t count) {
  const int32_t from_zero = i > 0 ? i : 0;
  return from_zero < count ? from_zero : count - 1;
}

// The output pixels (row, first …) through one row of the matrix.
CATDOG_FOR_EACH_CPU
void locate(const std::array<double, 3>& matrix_row, int row, int first, int count,
            double* __restrict places) {
  const double start = row * matrix_row[0], slope = matrix_row[1], shift = matrix_row[2];
  for (int i = 0; i < count; ++i) places[i] = start + (first + i) * slope + shift;
}

// The folds bring places into the picture as SciPy does, along an axis of `size` pixels. Whatever
// comes in, even what is no number, the result lies from -1 to `size`.

CATDOG_FOR_EACH_CPU
void fold_nearest(double* __restrict places, int count, int size) {
  const double last = size - 1;
  for (int i = 0; i < count; ++i) {
    const double above_zero = places[i] > 0 ? places[i] : 0;
    places[i] = above_zero < last ? above_zero : last;
  }
}

// Outside becomes -1, which the others never give for a picture that is not reflected.
CATDOG_FOR_EACH_CPU
void fold_constant(double* __restrict places, int count, int size) {
  const double last = size - 1;
  for (int i = 0; i < count; ++i) {
    const double x = places[i];
    const bool inside = (x >= 0) & (x <= last);
    places[i] = inside ? x : -1;
  }
}

CATDOG_FOR_EACH_CPU
void fold_reflect(double* __restrict places, int count, int size) {
  const double n = size, period = 2.0 * size;
  for (int i = 0; i < count; ++i) {
    double x = places[i];
    const double raised = x + period * whole_part(-x / period);
    const double mirrored = (raised > -1e-15 ? 1e-15 : -raised) - 1;
    const double from_below = raised < -n ? raised + period : mirrored;
    x = raised < 0 ? from_below : raised;
    const double rest = x - period * whole_part(x / period);
    const double from_above = rest >= n ? period - rest - 1 : rest;
    x = x > n - 1 ? from_above : x;
    const double not_below = x > -1 ? x : -1;
    places[i] = not_below < n ? not_below : n;
  }
}

CATDOG_FOR_EACH_CPU
void fold_wrap(double* __restrict places, int count, int size) {
  const double last = size - 1;
  for (int i = 0; i < count; ++i) {
    double x = places[i];
    const double raised = x + last * (whole_part(-x / last) + 1);
    x = x < 0 ? raised : x;
    const double lowered = x - last * whole_part(x / last);
    x = x > last ? lowered : x;
    const double not_below = x > 0 ? x : 0;
    places[i] = not_below < last ? not_below : last;
  }
}

void fold(FillMode mode, double* places, int count, int size) {
  // Rounded or not, places grow or shrink steadily along a row: the ends tell of all.
  const double last = size - 1;
  const auto is_inside = [last](double x) { return x >= 0 && x <= last; };
  if (is_inside(places[0]) && is_inside(places[count - 1])) return;
  if (size == 1 && mode != FillMode::constant) mode = FillMode::nearest;
  switch (mode) {
    case FillMode::nearest: return fold_nearest(places, count, size);
    case FillMode::constant: return fold_constant(places, count, size);
    case FillMode::reflect: return fold_reflect(places, count, size);
    case FillMode::wrap: return fold_wrap(places, count, size);
  }
}

CATDOG_FOR_EACH_CPU
void find_nearest(Block& block, const Source& source, int count) {
  for (int i = 0; i < count; ++i) {
    const int32_t row = clamp_to(floor_to_int(block.rows[i] + 0.5), source.height);
    const int32_t column = clamp_to(floor_to_int(block.columns[i] + 0.5), source.width);
    block.offsets[0][i] = row * source.step + column * 3;
  }
}

CATDOG_FOR_EACH_CPU
void find_neighbours(Block& block, const Source& source, int count) {
  for (int i = 0; i < count; ++i) {
    const int32_t row = floor_to_int(block.rows[i]), column = floor_to_int(block.columns[i]);
    block.down[i] = static_cast<float>(block.rows[i] - row);
    block.right[i] = static_cast<float>(block.columns[i] - column);
    const int32_t top = clamp_to(row, source.height) * source.step;
    const int32_t bottom = clamp_to(row + 1, source.height) * source.step;
    const int32_t left = clamp_to(column, source.width) * 3;
    const int32_t right = clamp_to(column + 1, source.width) * 3;
    block.offsets[0][i] = top + left;
    block.offsets[1][i] = top + right;
    block.offsets[2][i] = bottom + left;
    block.offsets[3][i] = bottom + right;
  }
}

// Four bytes are read at once where four are there: behind every pixel but the last.
void fetch(const Source& source, const int32_t* offsets, int count, uint32_t* pixels) {
  for (int i = 0; i < count; ++i) {
    const uint8_t* const p = source.bytes + offsets[i];
    if (offsets[i] < source.last) {
      pixels[i] = p[0] | uint32_t{p[1]} << 8 | uint32_t{p[2]} << 16 | uint32_t{p[3]} << 24;
    } else {
      pixels[i] = p[0] | uint32_t{p[1]} << 8 | uint32_t{p[2]} << 16;
    }
  }
}

template <int kChannel>
inline float channel(uint32_t pixel) {
  return static_cast<float>(static_cast<int32_t>(pixel >> 8 * kChannel & 255));
}

CATDOG_FOR_EACH_CPU
void write_pixels(const Block& block, int count, float* __restrict out) {
  for (int i = 0; i < count; ++i) {
    const uint32_t pixel = block.pixels[0][i];
    out[3 * i] = channel<0>(pixel);
    out[3 * i + 1] = channel<1>(pixel);
    out[3 * i + 2] = channel<2>(pixel);
  }
}

template <int kChannel>
inline float blend(const Block& block, int i) {
  const float top_left = channel<kChannel>(block.pixels[0][i]);
  const float bottom_left = channel<kChannel>(block.pixels[2][i]);
  const float top = top_left + block.right[i] * (channel<kChannel>(block.pixels[1][i]) - top_left);
  const float bottom =
      bottom_left + block.right[i] * (channel<kChannel>(block.pixels[3][i]) - bottom_left);
  return top + block.down[i] * (bottom - top);
}

CATDOG_FOR_EACH_CPU
void write_blends(const Block& block, int count, float* __restrict out) {
  for (int i = 0; i < count; ++i) {
    out[3 * i] = blend<0>(block, i);
    out[3 * i + 1] = blend<1>(block, i);
    out[3 * i + 2] = blend<2>(block, i);
  }
}

void write_outside(const Block& block, int count, float cval, float* out) {
  for (int i = 0; i < count; ++i) {
    if (block.rows[i] < 0 || block.columns[i] < 0) std::fill_n(out + 3 * i, 3, cval);
  }
}

void warp_block(Block& block, const Source& source, const Sampling& sampling, int count,
                float* out) {
  fold(sampling.fill_mode, block.rows, count, source.height);
  fold(sampling.fill_mode, block.columns, count, source.width);
  if (sampling.interpolation == Interpolation::nearest) {
    find_nearest(block, source, count);
    fetch(source, block.offsets[0], count, block.pixels[0]);
    write_pixels(block, count, out);
  } else {
    find_neighbours(block, source, count);
    for (int i = 0; i < 4; ++i) fetch(source, block.offsets[i], count, block.pixels[i]);
    write_blends(block, count, out);
  }
  if (sampling.fill_mode == FillMode::constant) {
    write_outside(block, count, static_cast<float>(sampling.cval), out);
  }
}

}  // namespace

AffineMatrix affine_matrix(Size size, const Affine& affine) {
  const double angle = affine.rotation_deg * (std::numbers::pi / 180);
  const double cos_a = std::cos(angle), sin_a = std::sin(angle);
  const double cos_s = std::cos(affine.shear_rad), sin_s = std::sin(affine.shear_rad);
  const double down = affine.shift_rows_px, right = affine.shift_columns_px;
  const double center_row = size.height / 2.0 + 0.5, center_column = size.width / 2.0 + 0.5;
  AffineMatrix m{};
  m[0] = {cos_a * affine.zoom_rows, (-cos_a * sin_s - sin_a * cos_s) * affine.zoom_columns,
          cos_a * down - sin_a * right + center_row};
  m[1] = {sin_a * affine.zoom_rows, (-sin_a * sin_s + cos_a * cos_s) * affine.zoom_columns,
          sin_a * down + cos_a * right + center_column};
  for (auto& row : m) row[2] = -row[0] * center_row - row[1] * center_column + row[2];
  return m;
}

AffineMatrix compose(const AffineMatrix& first, const AffineMatrix& second) {
  AffineMatrix m{};
  for (size_t i = 0; i < 2; ++i) {
    for (size_t j = 0; j < 3; ++j) {
      m[i][j] = first[i][0] * second[0][j] + first[i][1] * second[1][j];
    }
    m[i][2] += first[i][2];
  }
  return m;
}

AffineMatrix resize_matrix(Size in, Size out) {
  const double rows = static_cast<double>(in.height) / out.height;
  const double columns = static_cast<double>(in.width) / out.width;
  return {{{rows, 0, (rows - 1) / 2}, {0, columns, (columns - 1) / 2}}};
}

void warp(const Picture& picture, const AffineMatrix& matrix, const Sampling& sampling, Size size,
          float* out) {
  CV_Assert(picture.type() == CV_8UC3 && !picture.empty());
  CV_Assert(picture.step * static_cast<size_t>(picture.rows) <=
            static_cast<size_t>(std::numeric_limits<int32_t>::max()));
  const auto step = static_cast<int32_t>(picture.step);
  const Source source = {picture.data, picture.rows, picture.cols, step,
                         (picture.rows - 1) * step + (picture.cols - 1) * 3};
  Block block;
  for (int row = 0; row < size.height; ++row) {
    for (int first = 0; first < size.width; first += kBlock) {
      const int count = std::min(kBlock, size.width - first);
      locate(matrix[0], row, first, count, block.rows);
      locate(matrix[1], row, first, count, block.columns);
      warp_block(block, source, sampling, count, out);
      out += 3 * count;
    }
  }
}

}  // namespace catdog
