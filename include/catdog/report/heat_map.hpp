// SPDX-License-Identifier: Apache-2.0
// A picture with a map of heat over it.
#pragma once

#include "catdog/pictures/picture.hpp"

namespace catdog {

// `heat` has size.height × size.width numbers in [0, 1], row by row, which are spread over the
// whole picture: blue for 0, red for 1, at 40 % over the picture, as in Chollet's section 5.4.3.
Picture with_heat_map(const Picture& picture, const float* heat, Size size);

}  // namespace catdog
