// SPDX-License-Identifier: Apache-2.0
// Resampling a picture through an affine map, number for number as Keras does it by means of
// scipy.ndimage.affine_transform of order 0 or 1.
#pragma once

#include <array>

#include "catdog/pictures/picture.hpp"

namespace catdog {

// What lies outside a picture, for the row abcd:
enum class FillMode {
  nearest,   // aaaa|abcd|dddd
  constant,  // kkkk|abcd|kkkk, k = cval, without blending at the border
  reflect,   // dcba|abcd|dcba
  wrap,      // bcd(a)|abcd|(a)bcd: first and last pixel coincide, as in SciPy's 'wrap'
};

enum class Interpolation {
  nearest,   // order 0
  bilinear,  // order 1
};

// From a pixel of the output to its place in the input, both (row, column) with (0, 0) in the
// middle of the first pixel: input row = m[0][0] * row + m[0][1] * column + m[0][2], and the input
// column likewise from m[1].
using AffineMatrix = std::array<std::array<double, 3>, 2>;

// Keras's parameters, under clear names. They move the places that are looked up: the content
// moves the other way.
struct Affine {
  double rotation_deg = 0;      // theta; above 0: content turns clockwise on the screen
  double shift_rows_px = 0;     // tx; above 0: content moves up
  double shift_columns_px = 0;  // ty; above 0: content moves left
  double shear_rad = 0;         // tilts horizontal lines; vertical ones stay vertical
  double zoom_rows = 1;         // zx; below 1: content grows in height
  double zoom_columns = 1;      // zy; below 1: content grows in width

  bool operator==(const Affine&) const = default;
};

// Rotation · shift · shear · zoom about Keras's centre, (height / 2 + 0.5, width / 2 + 0.5): one
// pixel below and to the right of the true one.
AffineMatrix affine_matrix(Size size, const Affine& affine);

// The map that looks up through `second`, and from there through `first`: what warping by `first`
// and then by `second` would show, without sampling twice.
AffineMatrix compose(const AffineMatrix& first, const AffineMatrix& second);

// The map of a picture of size `out` onto the whole of one of size `in`, edge on edge.
AffineMatrix resize_matrix(Size in, Size out);

struct Sampling {
  FillMode fill_mode = FillMode::nearest;
  Interpolation interpolation = Interpolation::nearest;
  double cval = 0;  // for FillMode::constant, in units of a byte
};

// Writes the H·W·3 floats of a warped picture of that size, RGB, from 0 to 255: neither rounded nor
// rescaled. Nearest gives the exact bytes. The same numbers on every machine; safe to call from
// several threads. The matrix may be any, but SciPy's numbers are met up to 10^9 pictures away.
void warp(const Picture& picture, const AffineMatrix& matrix, const Sampling& sampling, Size size,
          float* out);

}  // namespace catdog
