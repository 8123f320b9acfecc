// SPDX-License-Identifier: Apache-2.0
// Pictures side by side on one labelled sheet.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "catdog/pictures/picture.hpp"

namespace catdog {

struct LabelledPicture {
  Picture picture;
  std::string label;  // one line below it; cut if it is too wide
};

// Row by row, `columns` in each, in cells as large as the largest picture, on white. `pictures` is
// not empty.
Picture contact_sheet(const std::vector<LabelledPicture>& pictures, int columns);

// A picture from the numbers that a network sees: H·W·3 floats in [0, 1], RGB.
Picture picture_from_floats(const float* values, Size size);

// Writes a .png or .jpg by the name's ending, .png if it has none. Throws ConfigError for another
// ending, Error.
void write_picture(const std::filesystem::path& path, const Picture& picture);

}  // namespace catdog
