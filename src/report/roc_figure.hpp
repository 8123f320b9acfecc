// SPDX-License-Identifier: Apache-2.0
// ROC curves, as one SVG element.
#pragma once

#include <string>
#include <vector>

#include "catdog/judge/predictions_file.hpp"

namespace catdog {

// The classes that a curve is drawn for: of two the second, of more each against the rest; without
// those that no picture, or every picture, is of.
std::vector<int> roc_classes(const Predictions& predictions);

// A line for each of roc_classes, in the colour of its place among them; beyond kColours they repeat,
// dashed. Several have their places, from 1, as marks too, for those who do not tell colours apart.
// Some class has one.
std::string roc_figure(const std::string& id, const NamedPredictions& named);

}  // namespace catdog
