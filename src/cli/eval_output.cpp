// SPDX-License-Identifier: Apache-2.0
#include "catdog/cli/eval_output.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "catdog/cli/columns.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/json_names.hpp"
#include "catdog/core/text.hpp"

namespace catdog {
namespace {

constexpr double kChance = 0.05;  // below it a difference is said to be told from chance

std::string accuracy_text(const Evaluation& evaluation) {
  return fmt::format("{:.2f} %  (95 % interval {:.2f} to {:.2f} %)", 100 * evaluation.accuracy,
                     100 * evaluation.interval.low, 100 * evaluation.interval.high);
}

Json accuracy_json(const Evaluation& evaluation) {
  return {{"n", evaluation.n},
          {"loss", evaluation.loss},
          {"accuracy", evaluation.accuracy},
          {"interval", {evaluation.interval.low, evaluation.interval.high}}};
}

Json or_null(const std::optional<double>& figure) { return figure ? Json(*figure) : Json(); }

std::string ranking_text(const Evaluation& evaluation) {
  if (!evaluation.roc_auc) return "";
  return fmt::format(
      "ROC-AUC   {:.4f}   average precision {:.4f}{}\n", *evaluation.roc_auc,
      *evaluation.average_precision,
      evaluation.classes.size() > 2 ? "   (means of each class against the rest)" : "");
}

// Of two classes, one ROC-AUC says all: it stands above.
std::string class_row(const std::string& name, const ClassFigures& figures, bool with_ranking) {
  if (figures.n == 0) return fmt::format("{}{:>8}  {:>9}{:>9}{:>9}\n", name, 0, "-", "-", "-");
  std::string row = fmt::format("{}{:>8}  {:>7.2f} %{:>7.2f} %{:>7.2f} %", name, figures.n,
                                100 * figures.precision, 100 * figures.recall, 100 * figures.f1);
  if (with_ranking && figures.roc_auc) row += fmt::format("{:>10.4f}", *figures.roc_auc);
  return row + "\n";
}

std::string class_table(const EvalResult& result, size_t width) {
  const bool several = result.classes.size() > 2;
  std::string text = fmt::format("\n{:{}}  images  precision   recall       F1{}\n", "class", width,
                                 several ? "   ROC-AUC" : "");
  const auto add = [&](const std::string& name, const ClassFigures& figures) {
    text += class_row(fmt::format("{:{}}", name, width), figures, several);
  };
  for (size_t label = 0; label < result.classes.size(); ++label) {
    add(shown(result.classes[label]), result.evaluation.classes[label]);
  }
  if (several) add("(mean)", mean_of_classes(result.evaluation));
  return text;
}

// Columns are called as the classes are, or where that would be too wide, by numbers that stand
// before the names.
std::string confusion_table(const EvalResult& result, size_t width) {
  constexpr size_t kWidest = 100;
  const size_t count = result.classes.size();
  const bool numbered = (count + 1) * (width + 2) > kWidest;
  const size_t digits = std::to_string(count).size();
  const size_t left = numbered ? digits + 2 + width : width;
  const size_t cell = numbered ? std::to_string(result.evaluation.n).size() : width;
  std::string text = fmt::format("\n{:{}}  predicted\n{:{}}", "", left, "true", left);
  for (size_t label = 0; label < count; ++label) {
    text +=
        fmt::format("  {:>{}}", numbered ? std::to_string(label + 1) : shown(result.classes[label]),
                    std::max(cell, digits));
  }
  text += "\n";
  for (size_t label = 0; label < count; ++label) {
    if (numbered) text += fmt::format("{:>{}}  ", label + 1, digits);
    text += fmt::format("{:{}}", shown(result.classes[label]), width);
    for (const int64_t pictures : result.evaluation.confusion[label]) {
      text += fmt::format("  {:>{}}", pictures, std::max(cell, digits));
    }
    text += "\n";
  }
  return text;
}

Json figures_json(const ClassFigures& figures) {
  return {{"n", figures.n},
          {"precision", figures.precision},
          {"recall", figures.n > 0 ? Json(figures.recall) : Json()},
          {"f1", figures.f1},
          {"roc_auc", or_null(figures.roc_auc)},
          {"average_precision", or_null(figures.average_precision)}};
}

// What validation taught, used here.
std::string calibration_text(const EvalResult& result) {
  if (!result.calibrated) {
    return fmt::format("\nCalibration error {:.2f} %.\n",
                       100 * result.evaluation.calibration_error);
  }
  const CalibratedFigures& calibrated = *result.calibrated;
  std::string text = fmt::format(
      "\nCalibration error {:.2f} %; {:.2f} % with the temperature {:.3f} fitted on validation.\n",
      100 * result.evaluation.calibration_error, 100 * calibrated.error,
      calibrated.calibration.temperature);
  if (calibrated.accuracy_at_threshold) {
    text += fmt::format("Accuracy {:.2f} % with the threshold {:.3f} chosen on validation.\n",
                        100 * *calibrated.accuracy_at_threshold, calibrated.calibration.threshold);
  }
  return text;
}

std::string note_text(const Evaluation& evaluation) {
  if (!is_small(evaluation)) return "";
  return fmt::format(
      "\nNote: {} pictures are few. The accuracy is known to about {:.0f} points to either side; "
      "400 pictures tell it to 5.\n",
      evaluation.n, 50 * (evaluation.interval.high - evaluation.interval.low));
}

}  // namespace

CalibratedFigures calibrated_figures(const Predictions& predictions,
                                     const Calibration& calibration) {
  CalibratedFigures figures = {.calibration = calibration,
                               .error = calibration_error(predictions, calibration.temperature)};
  if (predictions.classes == 2) {
    figures.accuracy_at_threshold = accuracy_at(predictions, calibration.threshold);
  }
  return figures;
}

std::string text_of(const EvalResult& result) {
  size_t width = 6;
  for (const std::string& name : result.classes) width = std::max(width, width_of(shown(name)));
  const Evaluation& evaluation = result.evaluation;
  std::string text =
      fmt::format("{}: {} pictures, {}", result.folder, evaluation.n, result.precision);
  if (result.models > 1) text += fmt::format(", the mean of {} models", result.models);
  text += "\n";
  if (!result.left_out.empty()) text += result.left_out + "\n";
  text +=
      fmt::format("loss      {:.4f}\naccuracy  {}\n", evaluation.loss, accuracy_text(evaluation));
  return text + ranking_text(evaluation) + class_table(result, width) +
         confusion_table(result, width) + calibration_text(result) + note_text(evaluation);
}

Json to_json(const EvalResult& result) {
  const Evaluation& evaluation = result.evaluation;
  Json json = accuracy_json(evaluation);
  json["roc_auc"] = or_null(evaluation.roc_auc);
  json["average_precision"] = or_null(evaluation.average_precision);
  json["classes"] = result.classes;
  json["confusion"] = evaluation.confusion;
  for (size_t label = 0; label < result.classes.size(); ++label) {
    json["by_class"][result.classes[label]] = figures_json(evaluation.classes[label]);
  }
  json["mean_of_classes"] = figures_json(mean_of_classes(evaluation));
  json["calibration"] = {{"error", evaluation.calibration_error}};
  if (const auto& calibrated = result.calibrated) {
    const bool of_two = calibrated->accuracy_at_threshold.has_value();
    json["calibration"].update(
        {{"temperature", calibrated->calibration.temperature},
         {"error_with_temperature", calibrated->error},
         {"threshold", of_two ? Json(calibrated->calibration.threshold) : Json()},
         {"accuracy_at_threshold", or_null(calibrated->accuracy_at_threshold)}});
  }
  json["models"] = result.models;
  json["trained_on"] = result.trained_on;
  json["left_out"] = result.left_out_record;
  json["skipped"] = result.skipped;
  json["precision"] = result.precision;
  return json;
}

std::string text_of(const std::string& folder, const std::vector<ComparedModel>& models,
                    const Comparison& comparison) {
  size_t width = 0;
  std::vector<std::string> names;
  for (const ComparedModel& model : models) {
    names.push_back(shown(model.file));
    width = std::max(width, width_of(names.back()));
  }
  std::string text = fmt::format("{}: {} pictures\n", folder, models[0].evaluation.n);
  for (size_t i = 0; i < models.size(); ++i) {
    text += fmt::format("{:{}}  accuracy  {}\n", names[i], width,
                        accuracy_text(models[i].evaluation));
  }
  const int64_t counts[] = {comparison.only_first, comparison.only_second};
  for (size_t i = 0; i < models.size(); ++i) {
    text += fmt::format("{:{}}  alone is right on {}\n", names[i], width, counts[i]);
  }
  text += fmt::format("p-value {:.3g}, by McNemar's exact test, two-sided\n", comparison.p_value);
  if (comparison.p_value >= kChance) return text + "The difference cannot be told from chance.\n";
  const std::string& better = names[comparison.only_first > comparison.only_second ? 0 : 1];
  return text + fmt::format("{} is better: such a difference is hardly chance.\n", better);
}

Json to_json(const std::vector<ComparedModel>& models, const Comparison& comparison) {
  Json json = {{"models", Json::array()}};
  const int64_t counts[] = {comparison.only_first, comparison.only_second};
  for (size_t i = 0; i < models.size(); ++i) {
    Json model;
    set_name(model, "model", models[i].file);
    model.update(accuracy_json(models[i].evaluation));
    model["alone_right"] = counts[i];
    json["models"].push_back(std::move(model));
  }
  json["p_value"] = comparison.p_value;
  return json;
}

}  // namespace catdog
