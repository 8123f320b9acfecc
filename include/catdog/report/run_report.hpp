// SPDX-License-Identifier: Apache-2.0
// A page about finished runs, made of what their folders hold: HTML in one file, without scripts
// and without anything from elsewhere.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "catdog/core/options.hpp"

namespace catdog {

struct ReportedEpoch {
  int epoch;  // from 1
  double loss, accuracy, val_loss, val_accuracy;
};

struct ReportedRun {
  std::string name;
  Json config;
  std::vector<ReportedEpoch> epochs;            // at least one
  std::optional<Json> environment = {};         // none: env.json is missing or damaged
  std::optional<std::string> first_batch = {};  // first_batch.png as the bytes of a JPEG
  std::vector<std::string> missing = {};        // what is left out of the page, and why
};

// Throws ModelError if config.json or metrics.csv is missing or damaged; without the rest,
// `missing` says so.
ReportedRun read_reported_run(const std::filesystem::path& folder);

// The whole page. `runs` is not empty; names may be equal.
std::string report_page(const std::vector<ReportedRun>& runs);

// Writes a page in one step. Throws ConfigError where another file than a report stands, Error.
void write_report(const std::filesystem::path& path, const std::string& page);

}  // namespace catdog
