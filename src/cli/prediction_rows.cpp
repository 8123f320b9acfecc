// SPDX-License-Identifier: Apache-2.0
#include "catdog/cli/prediction_rows.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <numeric>

#include "catdog/cli/columns.hpp"
#include "catdog/core/csv.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/json_names.hpp"
#include "catdog/judge/predictions_file.hpp"

namespace catdog {

PredictionRows::PredictionRows(RowFormat format, std::vector<std::string> classes, int top)
    : format_(format), classes_(std::move(classes)), top_(top) {
  for (const std::string& name : classes_) width_ = std::max(width_, width_of(shown(name)));
}

std::string PredictionRows::header() const {
  if (format_ != RowFormat::csv) return "";
  std::vector<std::string> fields = {"file", "predicted", "probability"};
  for (const std::string& name : classes_) fields.push_back(probability_column(name));
  fields.push_back("error");
  return csv_row(fields);
}

std::string PredictionRows::row(const PicturePrediction& prediction) const {
  switch (format_) {
    case RowFormat::csv: return csv_line(prediction);
    case RowFormat::json: return json_line(prediction);
    default: return table_row(prediction);
  }
}

std::string PredictionRows::skipped(const SkippedFile& file) const {
  if (format_ != RowFormat::json) return "";
  Json json;
  set_name(json, "file", file.path);
  json["skipped"] = file.reason;
  return json_text(json) + "\n";
}

// " 97.31 %  dogs    2.69 %  cats  a/b.jpg": what is predicted, and then what is most probable.
std::string PredictionRows::table_row(const PicturePrediction& prediction) const {
  if (!prediction.fault.empty()) {
    return fmt::format("   error  {:{}}  {}: {}\n", "", width_, shown(prediction.file),
                       shown(prediction.fault));
  }
  std::vector<int> order(classes_.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    const auto rank = [&](int label) {
      return label == prediction.predicted
                 ? -1.0
                 : 1 - prediction.probabilities[static_cast<size_t>(label)];
    };
    return rank(a) < rank(b);
  });
  std::string line;
  for (int i = 0; i < std::min<int>(top_, static_cast<int>(order.size())); ++i) {
    const auto label = static_cast<size_t>(order[static_cast<size_t>(i)]);
    line += fmt::format("{:>6.2f} %  {:{}}  ", 100 * prediction.probabilities[label],
                        shown(classes_[label]), width_);
  }
  return line + shown(prediction.file) + "\n";
}

std::string PredictionRows::csv_line(const PicturePrediction& prediction) const {
  std::vector<std::string> fields = {prediction.file.string()};
  if (prediction.fault.empty()) {
    const auto predicted = static_cast<size_t>(prediction.predicted);
    fields.push_back(classes_[predicted]);
    fields.push_back(fmt::format("{:.9g}", prediction.probabilities[predicted]));
    for (const double share : prediction.probabilities) {
      fields.push_back(fmt::format("{:.9g}", share));
    }
  } else {
    fields.resize(3 + classes_.size());
  }
  fields.push_back(prediction.fault);
  return csv_row(fields);
}

std::string PredictionRows::json_line(const PicturePrediction& prediction) const {
  Json json;
  set_name(json, "file", prediction.file);
  if (!prediction.fault.empty()) {
    json["error"] = prediction.fault;
    return json_text(json) + "\n";
  }
  const auto predicted = static_cast<size_t>(prediction.predicted);
  json["predicted"] = classes_[predicted];
  json["probability"] = prediction.probabilities[predicted];
  for (size_t label = 0; label < classes_.size(); ++label) {
    json["probabilities"][classes_[label]] = prediction.probabilities[label];
  }
  return json_text(json) + "\n";
}

}  // namespace catdog
