// SPDX-License-Identifier: Apache-2.0
#include <spdlog/fmt/fmt.h>

#include <map>
#include <utility>

#include "catdog/core/files.hpp"
#include "catdog/core/name_lists.hpp"
#include "catdog/core/text.hpp"
#include "catdog/judge/comparison.hpp"
#include "curves_figure.hpp"
#include "html.hpp"
#include "sections.hpp"

namespace catdog {
namespace {

constexpr const char* kUnknown = "–";

std::string interval_of(const Evaluation& evaluation) {
  return fmt::format("{} <small>{:.2f} to {}</small>", percent(evaluation.accuracy),
                     100 * evaluation.interval.low, percent(evaluation.interval.high));
}

std::string figure_of(const std::optional<double>& figure) {
  return figure ? fmt::format("{:.4f}", *figure) : kUnknown;
}

double seconds_of(const RecordedRun& run) {
  double seconds = 0;
  for (const RecordedEpoch& epoch : run.epochs) seconds += epoch.seconds;
  return seconds;
}

std::vector<std::string> row_of(const ReportedRun& run, size_t number, bool is_alone) {
  const RecordedEpoch& kept = run.record.kept_epoch();
  std::string name = html_escaped(run.record.name);
  if (!is_alone) {
    name = fmt::format("<span class=\"key\" style=\"background:var(--line{})\"></span><b>{}</b> {}",
                       number % kColours, run_letter(number), name);
  }
  const auto& [validation, test] = run.subsets;
  const bool has_validation = validation.named.has_value();
  return {std::move(name),
          fmt::format("{} of {}", kept.epoch, run.record.epochs.size()),
          duration(seconds_of(run.record)),
          percent(kept.accuracy),
          has_validation ? interval_of(validation.evaluation) : percent(kept.val_accuracy),
          fmt::format("{:.4f}", has_validation ? validation.evaluation.loss : kept.val_loss),
          has_validation ? figure_of(validation.evaluation.roc_auc) : kUnknown,
          test.named ? interval_of(test.evaluation) : kUnknown,
          test.named ? fmt::format("{:.4f}", test.evaluation.loss) : kUnknown,
          test.named ? figure_of(test.evaluation.roc_auc) : kUnknown};
}

// `second` in the order of `first`; none if they are not of the same pictures.
std::optional<Predictions> in_order_of(const NamedPredictions& first,
                                       const NamedPredictions& second) {
  std::map<std::string, int64_t> places;
  for (size_t i = 0; i < second.files.size(); ++i) {
    places.emplace(second.files[i], static_cast<int64_t>(i));
  }
  if (first.classes != second.classes || places.size() != first.files.size() ||
      second.files.size() != first.files.size()) {
    return std::nullopt;
  }
  Predictions ordered{.classes = first.predictions.classes, .scores = {}, .labels = {}};
  for (size_t i = 0; i < first.files.size(); ++i) {
    const auto place = places.find(first.files[i]);
    if (place == places.end()) return std::nullopt;
    const std::span<const float> scores = second.predictions.scores_of(place->second);
    ordered.scores.insert(ordered.scores.end(), scores.begin(), scores.end());
    ordered.labels.push_back(second.predictions.labels[static_cast<size_t>(place->second)]);
  }
  if (ordered.labels != first.predictions.labels) return std::nullopt;
  return ordered;
}

std::string folder_of(const ReportedRun& run) {
  const Json folder = run.record.config.value("/data/dir"_json_pointer, Json());
  return folder.is_string() ? folder.get<std::string>() : "";
}

// McNemar's test of two runs on one subset, in words; empty where their pictures are not the same.
std::string comparison_of(const ReportedRun& first, const ReportedRun& second, size_t subset) {
  const JudgedSubset &ours = first.subsets[subset], &theirs = second.subsets[subset];
  if (!ours.named || !theirs.named) return "";
  const std::optional<Predictions> ordered = in_order_of(*ours.named, *theirs.named);
  if (!ordered) {
    std::string difference = difference_of({"A", ours.named->classes}, {"B", theirs.named->classes});
    if (!difference.empty()) difference = "classes: " + difference;
    if (difference.empty()) {
      difference = difference_of({"A", ours.named->files}, {"B", theirs.named->files});
    }
    return fmt::format(
        "<p>The two runs' {} pictures are not the same{}: their accuracies can be compared by "
        "their intervals alone.</p>\n",
        ours.name, difference.empty() ? "" : " (" + html_escaped(difference) + ")");
  }
  const Comparison result = compare(ours.named->predictions, *ordered);
  const std::string p =
      result.p_value < 0.001 ? "p &lt; 0.001" : fmt::format("p = {:.3f}", result.p_value);
  std::string html = fmt::format(
      "<p>Of the same {} {} pictures, A alone tells {} rightly, B alone {} (McNemar’s exact test, "
      "{}). {}",
      ours.evaluation.n, ours.name, result.only_first, result.only_second, p,
      result.p_value < 0.05
          ? "If neither were better, so large a difference would be seen in fewer than one case in "
            "twenty."
          : "Such a difference is no surprise if neither is better.");
  if (folder_of(first) != folder_of(second)) {
    html += fmt::format(
        " The pictures have the same names in two folders, {} and {}, and are taken to be the "
        "same.",
        html_escaped(folder_of(first)), html_escaped(folder_of(second)));
  }
  return html + "</p>\n";
}

}  // namespace

std::string result_section(const std::vector<ReportedRun>& runs) {
  Table table{.caption = runs.size() == 1 ? "The run" : "The runs",
              .columns = {"run", "kept epoch", "time", "training accuracy", "validation accuracy",
                          "validation loss", "validation ROC-AUC", "test accuracy", "test loss",
                          "test ROC-AUC"},
              .rows = {}};
  for (size_t i = 0; i < runs.size(); ++i) {
    table.rows.push_back(row_of(runs[i], i, runs.size() == 1));
  }
  std::string html =
      "<section id=\"result\"><h2>Result</h2>\n<p>Of the epoch whose weights were kept. The epoch "
      "and the settings may have been chosen by the validation pictures; what the model is worth "
      "on "
      "new ones, only test pictures tell. Below an accuracy stands the 95 % interval (Wilson) that "
      "so "
      "many pictures leave open.</p>\n" +
      table_html(table);
  for (size_t subset = 0; runs.size() == 2 && subset < 2; ++subset) {
    html += comparison_of(runs[0], runs[1], subset);
  }
  return html + "</section>\n";
}

}  // namespace catdog
