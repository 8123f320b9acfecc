// SPDX-License-Identifier: Apache-2.0
#include "catdog/judge/predictions_file.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "catdog/core/class_names.hpp"
#include "catdog/core/csv.hpp"
#include "catdog/core/error.hpp"

namespace catdog {
namespace {

// A table of all pairs of so many has 800 MB; a header of a few kilobytes could ask for far more.
constexpr size_t kMostClasses = 10000;

const std::vector<std::string> kColumns = {"file", "true", "predicted"};
constexpr const char* kDigestColumn = "sha256";  // the last one, if it is there

// A probability's logarithm; NaN for a text that is no probability.
double log_probability(const std::string& text) {
  double value = NAN;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool well =
      error == std::errc() && end == text.data() + text.size() && value >= 0 && value <= 1 + 1e-6;
  // Below the smallest float's logarithm nothing is told apart.
  constexpr double kLeast = -1e4;
  return well ? std::max(std::log(value), kLeast) : NAN;
}

bool has_digests(const std::vector<std::string>& columns) {
  return !columns.empty() && columns.back() == kDigestColumn;
}

// The classes that the columns after kColumns name; none if any column is called otherwise.
std::vector<std::string> classes_in(std::vector<std::string> columns) {
  if (has_digests(columns)) columns.pop_back();
  const size_t first = kColumns.size();
  if (columns.size() < first || !std::equal(kColumns.begin(), kColumns.end(), columns.begin())) {
    return {};
  }
  std::vector<std::string> classes;
  for (size_t k = first; k < columns.size(); ++k) {
    const std::string& column = columns[k];
    if (!column.starts_with("p(") || !column.ends_with(")")) return {};
    classes.push_back(column.substr(2, column.size() - 3));
  }
  return classes;
}

}  // namespace

std::string probability_column(const std::string& class_name) { return "p(" + class_name + ")"; }

std::string to_csv(const NamedPredictions& named) {
  std::vector<std::string> fields = kColumns;
  for (const std::string& name : named.classes) fields.push_back(probability_column(name));
  if (!named.digests.empty()) fields.emplace_back(kDigestColumn);
  std::string csv = csv_row(fields);
  for (int64_t i = 0; i < named.predictions.count(); ++i) {
    const std::span<const float> scores = named.predictions.scores_of(i);
    const auto picture = static_cast<size_t>(i);
    fields = {named.files[picture],
              named.classes[static_cast<size_t>(named.predictions.labels[picture])],
              named.classes[static_cast<size_t>(predicted_class(scores))]};
    for (const double share : probabilities(scores)) fields.push_back(fmt::format("{:.9g}", share));
    if (!named.digests.empty()) fields.push_back(named.digests[picture]);
    csv += csv_row(fields);
  }
  return csv;
}

NamedPredictions parse_predictions(std::string_view csv, const std::string& name) {
  const std::vector<std::vector<std::string>> rows = parse_csv(csv, name);
  const size_t first = kColumns.size();
  NamedPredictions named;
  if (!rows.empty()) named.classes = classes_in(rows[0]);
  if (named.classes.size() < 2) {
    throw Error(name +
                ": its columns are not file, true, predicted and p(<class>) for two classes");
  }
  if (named.classes.size() > kMostClasses) {
    throw Error(fmt::format("{}: has {} classes, at most {} are read", name, named.classes.size(),
                            kMostClasses));
  }
  const std::string fault = class_list_fault(named.classes);
  if (!fault.empty()) throw Error(name + ": " + fault);
  named.predictions.classes = static_cast<int>(named.classes.size());
  const size_t end = first + named.classes.size();
  for (size_t i = 1; i < rows.size(); ++i) {
    const std::vector<std::string>& row = rows[i];
    const auto label = row.size() == rows[0].size()
                           ? std::find(named.classes.begin(), named.classes.end(), row[1])
                           : named.classes.end();
    bool well = label != named.classes.end();
    for (size_t k = first; well && k < end; ++k) {
      const double score = log_probability(row[k]);
      well = !std::isnan(score);
      named.predictions.scores.push_back(static_cast<float>(score));
    }
    if (!well) throw Error(fmt::format("{}: row {} cannot be read", name, i));
    named.files.push_back(row[0]);
    if (row.size() > end) named.digests.push_back(row[end]);
    named.predictions.labels.push_back(static_cast<int>(label - named.classes.begin()));
  }
  if (named.files.empty()) throw Error(name + ": holds no picture");
  return named;
}

}  // namespace catdog
