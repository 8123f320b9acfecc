// SPDX-License-Identifier: Apache-2.0
// A page about finished runs, made of what their folders hold: HTML in one file, without scripts
// and without anything from elsewhere.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "catdog/judge/evaluation.hpp"
#include "catdog/judge/predictions_file.hpp"
#include "catdog/pictures/decode.hpp"
#include "catdog/report/recorded_run.hpp"

namespace catdog {

// What a run's model says of the pictures of one subset.
struct JudgedSubset {
  std::string name;                            // of its folder: validation, test
  std::optional<NamedPredictions> named = {};  // none: the file is missing or damaged,
  std::string missing = "";                    //   and this, if not empty, says how it is damaged
  Evaluation evaluation = {};                  // of `named`
};

// How the images that the page shows are found and read.
struct ReportOptions {
  std::filesystem::path data = {};  // their folder; empty: the one that the run's config names
  DecodeLimits limits = {};
};

struct ReportedRun {
  std::filesystem::path folder;                 // as it was named
  RecordedRun record = {};                      // with at least one epoch
  std::optional<std::string> first_batch = {};  // first_batch.png as the bytes of a JPEG
  std::vector<std::string> missing = {};        // what is left out of the page, and why
  std::array<JudgedSubset, 2> subsets = {JudgedSubset{"validation"}, JudgedSubset{"test"}};
  ReportOptions options = {};
};

// Throws ModelError if config.json or metrics.csv is missing or damaged, or no epoch has ended;
// without the rest, the page says so.
ReportedRun read_reported_run(const std::filesystem::path& folder, ReportOptions options = {});

// The whole page. `runs` is not empty; names may be equal. An image of a data folder is shown only
// if its SHA-256 is the one that was recorded with its prediction: the run may come from somebody
// else, and its config may name any folder of this machine. Where the user named the folder, an
// image without a recorded SHA-256 is shown, too. Of images that are not shown, the page says why.
std::string report_page(const std::vector<ReportedRun>& runs);

// Writes the page about the runs in these folders, in one step. Those that cannot be read are left
// out, and what is wrong with them is returned, a line each; if there is no other, throws the first
// one's ModelError. Throws ConfigError where another file than a report stands, Error.
std::vector<std::string> write_report(const std::filesystem::path& path,
                                      const std::vector<std::filesystem::path>& folders,
                                      const ReportOptions& options = {});

}  // namespace catdog
