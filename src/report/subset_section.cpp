// SPDX-License-Identifier: Apache-2.0
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "catdog/core/files.hpp"
#include "catdog/core/text.hpp"
#include "catdog/judge/calibration.hpp"
#include "curves_figure.hpp"
#include "gallery.hpp"
#include "html.hpp"
#include "reliability_figure.hpp"
#include "roc_figure.hpp"
#include "sections.hpp"

namespace catdog {
namespace {

constexpr size_t kShownPictures = 12;  // of each kind

std::string heading(const JudgedSubset& subset) {
  return subset.name == "test" ? "Test pictures" : "Validation pictures";
}

// Why there is nothing to show, and the command that makes it.
std::string not_judged(const ReportedRun& run, const JudgedSubset& subset) {
  const bool is_test = subset.name == "test";
  const std::string command =
      fmt::format("catdog eval --model {} {}--save-predictions {}",
                  shell_word(shown(run.folder / "model.pt")), is_test ? "" : "--split validation ",
                  shell_word(shown(run.folder / "predictions" / (subset.name + ".csv"))));
  std::string why = "Not judged on " + subset.name + " yet: ";
  const char* then = is_test ? "; do it once, at the end." : " does it.";
  if (!subset.missing.empty()) {
    why = subset.missing + ": ";
    then = " writes it anew.";
  }
  return fmt::format("<p>{}<code>{}</code>{}</p>\n", html_escaped(why), html_escaped(command),
                     then);
}

// The pictures of the most frequent class.
int64_t most_frequent(const Evaluation& result) {
  int64_t most = 0;
  for (const std::vector<int64_t>& row : result.confusion) {
    most = std::max(most, std::accumulate(row.begin(), row.end(), int64_t{0}));
  }
  return most;
}

std::string figures_table(const JudgedSubset& subset, double temperature) {
  const Evaluation& result = subset.evaluation;
  Table table{
      .caption = heading(subset) + " in figures", .columns = {"figure", "value"}, .rows = {}};
  const auto add = [&](const char* name, const std::string& meaning, std::string value) {
    table.rows.push_back({fmt::format("{} <small>{}</small>", name, meaning), std::move(value)});
  };
  add("accuracy",
      fmt::format("{} of {} told rightly; 95 % interval {:.2f} to {}", result.hits, result.n,
                  100 * result.interval.low, percent(result.interval.high)),
      percent(result.accuracy));
  add("without looking", "the accuracy of always saying the most frequent class",
      percent(static_cast<double>(most_frequent(result)) / static_cast<double>(result.n)));
  add("loss", "the mean cross-entropy, in nats; confident mistakes cost most",
      fmt::format("{:.4f}", result.loss));
  const std::string which = result.classes.size() == 2
                                ? "of " + html_escaped(subset.named->classes[1]) + " against " +
                                      html_escaped(subset.named->classes[0])
                                : "the mean of each class against the rest";
  if (result.roc_auc) {
    add("ROC-AUC",
        "how often a picture of the class ranks above one of another, 0.5 by guessing; " + which,
        fmt::format("{:.4f}", *result.roc_auc));
  }
  if (result.average_precision) {
    add("average precision", "the mean precision on the way down that ranking; " + which,
        fmt::format("{:.4f}", *result.average_precision));
  }
  add("calibration error",
      "how far probabilities are from the shares told rightly, on average over 15 bins",
      percent(result.calibration_error));
  if (temperature > 0) {
    add("the same after temperature",
        fmt::format("with scores divided by {:.3f}, which suits the validation pictures best{}",
                    temperature, subset.name == "validation" ? ": these, so it flatters" : ""),
        percent(calibration_error(subset.named->predictions, temperature)));
  }
  return table_html(table);
}

std::string class_table(const JudgedSubset& subset) {
  Table table{
      .caption = "Each class", .columns = {"class", "precision", "recall", "F1"}, .rows = {}};
  const size_t count = subset.named->classes.size();
  if (count > 2) table.columns.push_back("ROC-AUC");
  const auto add = [&](std::string name, const ClassFigures& figures) {
    table.rows.push_back({std::move(name), percent(figures.precision), percent(figures.recall),
                          percent(figures.f1)});
    if (count <= 2) return;
    table.rows.back().push_back(figures.roc_auc ? fmt::format("{:.4f}", *figures.roc_auc) : "–");
  };
  for (size_t i = 0; i < count; ++i) {
    add(html_escaped(subset.named->classes[i]), subset.evaluation.classes[i]);
  }
  if (count > 2) add("<i>mean</i>", mean_of_classes(subset.evaluation));
  return fmt::format(
      "<p>Precision: the share of the class among the pictures called so. Recall: the share "
      "called so among the pictures of the class. F1: their harmonic mean.{}</p>\n{}",
      count > 2 ? " ROC-AUC: of the class against the rest." : "", table_html(table));
}

std::string confusion_table(const JudgedSubset& subset) {
  const std::vector<std::string>& classes = subset.named->classes;
  Table table{
      .caption = "Confusion matrix", .columns = {"true class"}, .rows = {}, .is_matrix = true};
  for (const std::string& name : classes) {
    table.columns.push_back("predicted " + html_escaped(name));
  }
  for (size_t label = 0; label < classes.size(); ++label) {
    std::vector<std::string>& row = table.rows.emplace_back();
    row.push_back(html_escaped(classes[label]));
    for (size_t predicted = 0; predicted < classes.size(); ++predicted) {
      const std::string count = std::to_string(subset.evaluation.confusion[label][predicted]);
      row.push_back(label == predicted ? "<b>" + count + "</b>" : count);
    }
  }
  return "<p>Pictures, by what they are (rows) and what they were called (columns); in bold those "
         "told rightly.</p>\n" +
         table_html(table);
}

std::string bins_table(const std::vector<ReliabilityBin>& bins) {
  Table table{.caption = "The bars in numbers",
              .columns = {"probability", "pictures", "mean probability", "told rightly"},
              .rows = {}};
  for (size_t i = 0; i < bins.size(); ++i) {
    if (bins[i].count == 0) continue;
    const auto [low, high] = edges_of(i, bins.size());
    table.rows.push_back({fmt::format("above {:.3f} to {:.3f}", low, high),
                          std::to_string(bins[i].count), percent(bins[i].confidence),
                          percent(bins[i].accuracy)});
  }
  return "<details><summary>The bars in numbers</summary>" + table_html(table) + "</details>\n";
}

std::string roc_caption(const NamedPredictions& named, const std::vector<int>& labels) {
  if (named.classes.size() == 2) {
    return fmt::format(
        "ROC curve, from a strict threshold to a lax one: the share of the {} called {}, against "
        "the share of the {} called so. The dashed line is guessing.",
        html_escaped(named.classes[1]), html_escaped(named.classes[1]),
        html_escaped(named.classes[0]));
  }
  std::string html =
      "ROC curves, each class against the rest, from a strict threshold to a lax one: the share of "
      "the class called so, against the share of the rest called so. The dashed line is guessing.";
  for (size_t i = 0; i < labels.size(); ++i) {
    html += fmt::format(
        " <span class=\"key\" style=\"background:var(--line{})\"></span><b>{}</b> {}", i % kColours,
        i + 1, html_escaped(named.classes[static_cast<size_t>(labels[i])]));
  }
  return html;
}

std::string figures(const NamedPredictions& named, const std::string& id) {
  const std::vector<ReliabilityBin> bins = reliability_bins(named.predictions);
  std::string html =
      "<div class=\"figures\">\n<figure>" +
      reliability_figure(id + "-reliability", bins, named.predictions.classes) +
      "<figcaption>Reliability: pictures by how sure the network was, and the share of them told "
      "rightly. Bars that end at the dashed line: it is as sure as it should be; below it: too "
      "sure. Below: how many pictures a bar stands for." +
      bins_table(bins) + "</figcaption></figure>\n";
  const std::vector<int> labels = roc_classes(named.predictions);
  if (!labels.empty()) {
    html += "<figure>" + roc_figure(id + "-roc", named) + "<figcaption>" +
            roc_caption(named, labels) + "</figcaption></figure>\n";
  }
  return html + "</div>\n";
}

// The command that shows the images of a folder.
std::string report_command(const ReportedRun& run, const std::string& folder) {
  return fmt::format("<code>catdog report {} --data {}</code>",
                     html_escaped(shell_word(shown(run.folder))), html_escaped(folder));
}

std::string galleries(const ReportedRun& run, const NamedPredictions& named) {
  fs::path data = run.options.data;
  if (data.empty()) {
    const Json dir = run.record.config.value("/data/dir"_json_pointer, Json());
    if (!dir.is_string()) {
      return fmt::format(
          "<p>No images: config.json names no data.dir; {} names their folder.</p>\n",
          report_command(run, "DIR"));
    }
    data = dir.get<std::string>();
    if (named.digests.empty()) {
      return fmt::format(
          "<p>No images: the predictions are recorded without the SHA-256 of the images, so that "
          "those in the folder that config.json names may be others; {} shows them.</p>\n",
          report_command(run, shell_word(shown(data))));
    }
  }
  const std::vector<size_t> mistakes = surest_mistakes(named.predictions, kShownPictures);
  const std::string wrong =
      mistakes.empty()
          ? "<p>No picture was told wrongly.</p>\n"
          : "<p>Told wrongly, and most sure of it: wrong labels and odd pictures are found "
            "here.</p>\n" +
                gallery(named, mistakes, data, run.options.limits);
  return "<h4>Most confident mistakes</h4>\n" + wrong +
         "<h4>Least sure</h4>\n<p>Right or wrong, nearest to not knowing: what the network finds "
         "hard.</p>\n" +
         gallery(named, least_sure(named.predictions, kShownPictures), data, run.options.limits);
}

// Where the predictions are not of the weights that metrics.csv tells of.
std::string other_model_warning(const ReportedRun& run, const JudgedSubset& subset) {
  if (subset.name != "validation") return "";
  constexpr double kPictures = 2.5;  // that another device may tell otherwise
  const double noted = run.record.kept_epoch().val_accuracy;
  const double difference = std::abs(noted - subset.evaluation.accuracy);
  if (difference * static_cast<double>(subset.evaluation.n) < kPictures) return "";
  return fmt::format(
      "<p>metrics.csv has the accuracy {} for the kept epoch: these predictions are of other "
      "weights, or of other pictures. <code>catdog train --resume {}</code> brings the run and its "
      "predictions to the same end.</p>\n",
      percent(noted), html_escaped(shell_word(shown(run.folder))));
}

}  // namespace

std::string subset_section(const ReportedRun& run, const JudgedSubset& subset,
                           const std::string& id) {
  const std::string title = "<section><h3>" + heading(subset) + "</h3>\n";
  if (!subset.named) return title + not_judged(run, subset) + "</section>\n";
  // What the model file holds, too: by the validation pictures, of the weights that were kept.
  const std::optional<NamedPredictions>& validation = run.subsets[0].named;
  const double temperature = validation ? calibrate(validation->predictions).temperature : 0;
  std::string html = title;
  if (is_small(subset.evaluation)) {
    html +=
        "<p>So few pictures leave much open: runs whose accuracies lie within the interval "
        "can hardly be told apart.</p>\n";
  }
  html += other_model_warning(run, subset) + figures_table(subset, temperature) +
          confusion_table(subset) + class_table(subset) + figures(*subset.named, id);
  return html + galleries(run, *subset.named) + "</section>\n";
}

}  // namespace catdog
