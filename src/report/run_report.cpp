// SPDX-License-Identifier: Apache-2.0
#include "catdog/report/run_report.hpp"

#include <spdlog/fmt/fmt.h>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/text.hpp"
#include "catdog/pictures/decode.hpp"
#include "html.hpp"
#include "page_picture.hpp"
#include "sections.hpp"

namespace catdog {
namespace {

constexpr const char* kGenerator = "<meta name=\"generator\" content=\"catdog report\">";

// No script runs and nothing is fetched, whatever stands in the page.
constexpr const char* kPolicy =
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
    "style-src 'unsafe-inline'\">";

constexpr int kSheetPx = 1280;  // the longest side of the first batch in the page

void read_predictions(const fs::path& run, JudgedSubset& subset) {
  const fs::path file = run / "predictions" / (subset.name + ".csv");
  std::error_code ignored;
  if (!fs::exists(fs::symlink_status(file, ignored))) return;
  try {
    subset.named = parse_predictions(
        read_file(file_of_run(run, fs::path("predictions") / (subset.name + ".csv"))), shown(file));
    subset.evaluation = evaluate(subset.named->predictions);
  } catch (const Error& error) {
    subset.missing = error.what();
  }
}

std::string run_section(const ReportedRun& run, size_t number, bool is_alone) {
  const std::string id = fmt::format("run-{}", number);
  const std::string letter = is_alone ? "" : run_letter(number) + ": ";
  std::string html =
      fmt::format("<section id=\"{}\"><h2>{}{}</h2>\n", id, letter, html_escaped(run.record.name));
  for (const JudgedSubset& subset : run.subsets) {
    html += subset_section(run, subset, id + "-" + subset.name);
  }
  return html + record_section(run) + "</section>\n";
}

std::string contents(const std::vector<ReportedRun>& runs) {
  std::string html =
      "<nav aria-label=\"Contents\"><ul><li><a href=\"#result\">Result</a></li>"
      "<li><a href=\"#curves\">Curves</a></li>";
  for (size_t i = 0; i < runs.size(); ++i) {
    html +=
        fmt::format("<li><a href=\"#run-{}\">{}</a></li>", i, html_escaped(runs[i].record.name));
  }
  return html + "</ul></nav>\n";
}

}  // namespace

ReportedRun read_reported_run(const fs::path& folder, ReportOptions options) {
  ReportedRun run{.folder = folder.has_filename() ? folder : folder.parent_path(),  // "runs/a/"
                  .options = std::move(options)};
  try {
    run.record = read_recorded_run(folder);
  } catch (const Error& error) {
    throw ModelError(std::string(error.what()) + "; name the folder of a run, as runs/baseline");
  }
  // Also of "runs/a/", and of "." within it.
  run.record.name = shown(fs::absolute(folder / "").lexically_normal().parent_path().filename());
  if (run.record.epochs.empty()) {
    throw ModelError(shown(folder / "metrics.csv") + ": holds no epoch that ended");
  }
  if (!run.record.environment) {
    run.missing.push_back("No environment: " + run.record.why_no_environment);
  }
  try {
    run.first_batch = as_jpeg(decode_picture(file_of_run(folder, "first_batch.png")), kSheetPx);
  } catch (const Error& error) {
    run.missing.push_back(std::string("No first batch: ") + error.what());
  }
  for (JudgedSubset& subset : run.subsets) read_predictions(run.folder, subset);
  return run;
}

std::string report_page(const std::vector<ReportedRun>& runs) {
  std::vector<std::string> names;
  for (const ReportedRun& run : runs) names.push_back(run.record.name);
  const std::string title = html_escaped((runs.size() == 1 ? "Run " : "Runs ") + join_and(names));
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n{}\n{}\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n<h1>{}</h1>\n",
      kGenerator, kPolicy, title, kPageStyle, title);
  page += contents(runs) + result_section(runs) + curves_section(runs);
  for (size_t i = 0; i < runs.size(); ++i) page += run_section(runs[i], i, runs.size() == 1);
  return page + "</main>\n</body>\n</html>\n";
}

std::vector<std::string> write_report(const fs::path& path, const std::vector<fs::path>& folders,
                                      const ReportOptions& options) {
  std::vector<ReportedRun> runs;
  std::vector<std::string> faults;
  for (const fs::path& folder : folders) {
    try {
      runs.push_back(read_reported_run(folder, options));
    } catch (const ModelError& error) {
      faults.emplace_back(error.what());
    }
  }
  if (runs.empty()) throw ModelError(faults.at(0));
  const std::string page = report_page(runs);
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(path, ignored)) &&
      (!fs::is_regular_file(path, ignored) ||
       read_file(path).substr(0, 1024).find(kGenerator) == std::string::npos)) {
    throw ConfigError(shown(path) + ": is no report of catdog's and stays; -o names another file");
  }
  write_file_atomically(path, page);
  return faults;
}

}  // namespace catdog
