// SPDX-License-Identifier: Apache-2.0
// What catdog eval prints: of one model, or of two on the same pictures.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "catdog/core/options.hpp"
#include "catdog/judge/calibration.hpp"
#include "catdog/judge/comparison.hpp"
#include "catdog/judge/evaluation.hpp"

namespace catdog {

// With the temperature and the threshold that were chosen on validation.
struct CalibratedFigures {
  Calibration calibration;
  double error = 0;                                  // calibration error, with the temperature
  std::optional<double> accuracy_at_threshold = {};  // of two classes
};
CalibratedFigures calibrated_figures(const Predictions& predictions,
                                     const Calibration& calibration);

struct EvalResult {
  std::string folder;  // as shown
  std::string precision;
  std::vector<std::string> classes;
  Evaluation evaluation;
  std::optional<CalibratedFigures> calibrated;  // of one model; several together have none
  std::string left_out;                         // left_out_text
  Json left_out_record = {};                    // left_out_record
  Json skipped = Json::array();                 // skipped_record
  int64_t trained_on = 0;  // pictures that a model was trained on, of several the most
  size_t models = 1;       // that were judged together
};

std::string text_of(const EvalResult& result);
Json to_json(const EvalResult& result);

struct ComparedModel {
  std::filesystem::path file;
  Evaluation evaluation;
};

std::string text_of(const std::string& folder, const std::vector<ComparedModel>& models,
                    const Comparison& comparison);
Json to_json(const std::vector<ComparedModel>& models, const Comparison& comparison);

}  // namespace catdog
