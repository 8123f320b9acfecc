// SPDX-License-Identifier: Apache-2.0
// Predictions of pictures with their names, as a table that any program reads: the columns file,
// true, predicted, p(<class>) for each class with its probability, and sha256, the digest of the
// image's file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catdog/judge/predictions.hpp"

namespace catdog {

struct NamedPredictions {
  std::vector<std::string> classes;
  std::vector<std::string> files;         // exact, from the data folder on
  std::vector<std::string> digests = {};  // SHA-256 of each file, hexadecimal; empty: not known
  Predictions predictions;
};

// The name of the column with a class's probability, p(<class>): no class's name can be taken for
// another column's.
std::string probability_column(const std::string& class_name);

std::string to_csv(const NamedPredictions& named);

// The same again, with scores that have the same differences to nine digits. Throws Error, naming
// `name`, for a text that to_csv did not write, or that holds no picture.
NamedPredictions parse_predictions(std::string_view csv, const std::string& name);

}  // namespace catdog
