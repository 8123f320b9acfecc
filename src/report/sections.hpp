// SPDX-License-Identifier: Apache-2.0
// The parts of the page, each from its heading on.
#pragma once

#include <string>
#include <vector>

#include "catdog/report/run_report.hpp"

namespace catdog {

// The page's style sheet.
extern const char* const kPageStyle;

// A, B, …, Z, AA, …: what a run is called on the curves of a page about several.
std::string run_letter(size_t number);

// The runs in one table, and where two can be compared, whether one is better.
std::string result_section(const std::vector<ReportedRun>& runs);

// Accuracy and loss by epoch, of all runs together.
std::string curves_section(const std::vector<ReportedRun>& runs);

// What the run's model says of a subset's pictures. `id` is the page's own for it.
std::string subset_section(const ReportedRun& run, const JudgedSubset& subset,
                           const std::string& id);

// First batch, config, environment, and how to have the run again.
std::string record_section(const ReportedRun& run);

}  // namespace catdog
