// SPDX-License-Identifier: Apache-2.0
// What is said of one picture, as a line for a person or for a program.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "catdog/pictures/image_files.hpp"

namespace catdog {

struct PicturePrediction {
  std::filesystem::path file;
  std::string fault;                       // why it could not be read; then there is no more:
  int predicted = 0;                       // class
  std::vector<double> probabilities = {};  // one a class
};

enum class RowFormat { table, csv, json };

class PredictionRows {
 public:
  // A table shows the `top` most probable classes.
  PredictionRows(RowFormat format, std::vector<std::string> classes, int top);

  // Whether the rows are exact, for a program, or a table for a person.
  bool is_for_programs() const { return format_ != RowFormat::table; }

  // What stands above the rows, if anything; lines are ended.
  std::string header() const;
  std::string row(const PicturePrediction& prediction) const;
  // Of a file that was not taken; "" except in JSON.
  std::string skipped(const SkippedFile& file) const;

 private:
  std::string table_row(const PicturePrediction& prediction) const;
  std::string csv_line(const PicturePrediction& prediction) const;
  std::string json_line(const PicturePrediction& prediction) const;

  const RowFormat format_;
  const std::vector<std::string> classes_;
  const int top_;
  size_t width_ = 0;  // of the longest class name
};

}  // namespace catdog
