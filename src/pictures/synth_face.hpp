// SPDX-License-Identifier: Apache-2.0
// What the faces share: a head that turns, left and right, closed eyes, sparkles.
#pragma once

#include <array>

#include "synth_animal.hpp"

namespace catdog::synth {

inline constexpr std::array<double, 2> kSides{-1, 1};

// Where a point of the face lands when the head turns: what stands out further moves further.
Point turned(const Look& look, Point at, double depth);
// The outline as it is on the right, mirrored on the left.
Outline on_side(Outline right, double side);
// The whole from its right half, which begins and ends at x = 0.
Outline symmetric(const Outline& right_half);
Fur ear_fur(const Look& look, double shade);
Colour ear_inside(const Look& look);
void closed_eye(const Pen& pen, const Look& look, Point at, double width);
// The light in an eye.
void sparkle(const Pen& pen, const Look& look, Point at, double radius);

}  // namespace catdog::synth
