// SPDX-License-Identifier: Apache-2.0
#include "catdog/report/run_report.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <sstream>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/pictures/decode.hpp"
#include "curves_figure.hpp"
#include "html.hpp"

namespace catdog {
namespace {

constexpr const char* kGenerator = "<meta name=\"generator\" content=\"catdog report\">";

constexpr const char* kStyle = R"css(
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1b1b; --grid: #d0d0d0;
  --line0: #0072b2; --line1: #b34700; --line2: #00795a; --line3: #a8437f; --line4: #6b5d00;
  --line5: #333; }
@media screen and (prefers-color-scheme: dark) { :root { --paper: #161616; --ink: #ececec;
  --grid: #444; --line0: #56b4e9; --line1: #ff9955; --line2: #3fd0a4; --line3: #e79ac6;
  --line4: #f0e442; --line5: #ddd; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 60rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
.wide, figure { overflow-x: auto; } table { border-collapse: collapse; overflow-wrap: normal; }
th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--grid); }
td { font-variant-numeric: tabular-nums; } figure { margin: 1rem 0; }
svg { width: 100%; min-width: 28rem; height: auto; }
svg text { font-size: 13px; fill: currentColor; }
.grid { stroke: var(--grid); } .line { fill: none; stroke-width: 2; } .dashed {
  stroke-dasharray: 5 4; } .key { display: inline-block; width: 1.5rem; height: .25rem;
  vertical-align: middle; margin-right: .4rem; print-color-adjust: exact; }
img { max-width: 100%; height: auto; } pre { white-space: pre-wrap; }
@media print { body { max-width: none; padding: 0; } figure, tr { break-inside: avoid; } }
)css";

Json read_json(const fs::path& file) { return parse_json(read_file(file), shown(file)); }

// Rows of metrics.csv: the first five columns of each.
std::vector<ReportedEpoch> read_epochs(const fs::path& file) {
  std::istringstream lines(read_file(file));
  std::string line;
  std::getline(lines, line);
  const bool known = line.starts_with("epoch,loss,acc,val_loss,val_acc,");
  std::vector<ReportedEpoch> epochs;
  while (known && std::getline(lines, line)) {
    ReportedEpoch row{};
    if (std::sscanf(line.c_str(), "%d,%lf,%lf,%lf,%lf,", &row.epoch, &row.loss, &row.accuracy,
                    &row.val_loss, &row.val_accuracy) != 5 ||
        row.epoch != static_cast<int>(epochs.size()) + 1 || !std::isfinite(row.loss) ||
        !std::isfinite(row.val_loss)) {
      throw Error(shown(file) + ": damaged after epoch " + std::to_string(epochs.size()));
    }
    epochs.push_back(row);
  }
  if (epochs.empty()) throw Error(shown(file) + ": holds no epoch that ended");
  return epochs;
}

std::string as_jpeg(const Picture& picture) {
  cv::Mat bgr;
  cv::cvtColor(picture, bgr, cv::COLOR_RGB2BGR);
  std::vector<uint8_t> bytes;
  cv::imencode(".jpg", bgr, bytes, {cv::IMWRITE_JPEG_QUALITY, 80});
  return {bytes.begin(), bytes.end()};
}

// The epoch whose weights train.keep makes the model; the first of equals.
const ReportedEpoch& kept_epoch(const ReportedRun& run) {
  const Json keep = run.config.value("/train/keep"_json_pointer, Json("best"));
  if (keep == "last") return run.epochs.back();
  return *std::max_element(run.epochs.begin(), run.epochs.end(), [](const auto& a, const auto& b) {
    return a.val_accuracy < b.val_accuracy;
  });
}

std::string result_section(const std::vector<ReportedRun>& runs) {
  std::string html =
      "<section><h2>Result</h2>\n<p>On the validation pictures, by which the epoch may have been "
      "chosen; never tune on test.</p>\n<div class=\"wide\"><table>\n<thead><tr>"
      "<th scope=\"col\">run</th><th scope=\"col\">epochs</th><th scope=\"col\">kept epoch</th>"
      "<th scope=\"col\">validation accuracy</th><th scope=\"col\">validation loss</th>"
      "<th scope=\"col\">training accuracy</th></tr></thead>\n<tbody>\n";
  for (size_t i = 0; i < runs.size(); ++i) {
    const ReportedEpoch& kept = kept_epoch(runs[i]);
    html += fmt::format(
        "<tr><th scope=\"row\"><span class=\"key\" style=\"background:var(--line{})\"></span>{}"
        "</th><td>{}</td><td>{}</td><td>{:.4f}</td><td>{:.4f}</td><td>{:.4f}</td></tr>\n",
        i % 6, html_escaped(runs[i].name), runs[i].epochs.size(), kept.epoch, kept.val_accuracy,
        kept.val_loss, kept.accuracy);
  }
  return html + "</tbody></table></div></section>\n";
}

std::string curves_section(const std::vector<ReportedRun>& runs) {
  std::vector<Curve> accuracy, loss;
  for (size_t i = 0; i < runs.size(); ++i) {
    const int colour = static_cast<int>(i);
    Curve acc{runs[i].name + ", training", colour, /*dashed=*/true, {}};
    Curve val_acc{runs[i].name + ", validation", colour, /*dashed=*/false, {}};
    Curve train_loss = acc, val_loss = val_acc;
    for (const ReportedEpoch& row : runs[i].epochs) {
      acc.points.emplace_back(row.epoch, row.accuracy);
      val_acc.points.emplace_back(row.epoch, row.val_accuracy);
      train_loss.points.emplace_back(row.epoch, row.loss);
      val_loss.points.emplace_back(row.epoch, row.val_loss);
    }
    accuracy.insert(accuracy.end(), {acc, val_acc});
    loss.insert(loss.end(), {train_loss, val_loss});
  }
  return "<section><h2>Curves</h2>\n<p>Validation as full lines, training dashed.</p>\n"
         "<figure>" +
         curves_figure("accuracy", "Accuracy by epoch", accuracy) +
         "<figcaption>Accuracy</figcaption></figure>\n<figure>" +
         curves_figure("loss", "Loss by epoch", loss) +
         "<figcaption>Loss, binary cross-entropy in nats</figcaption></figure></section>\n";
}

std::string run_section(const ReportedRun& run) {
  std::string html = "<section><h2>" + html_escaped(run.name) + "</h2>\n";
  for (const std::string& text : run.missing) html += "<p>" + html_escaped(text) + "</p>\n";
  if (run.first_batch) {
    html +=
        "<figure><img alt=\"The first training batch, as the network saw it\" "
        "src=\"data:image/jpeg;base64," +
        base64(*run.first_batch) +
        "\"><figcaption>The first training batch, as the network saw it</figcaption>"
        "</figure>\n";
  }
  html += fmt::format("<details><summary>Config</summary><pre>{}</pre></details>\n",
                      html_escaped(run.config.dump(2)));
  if (run.environment) {
    html += fmt::format("<details><summary>Environment</summary><pre>{}</pre></details>\n",
                        html_escaped(run.environment->dump(2)));
  }
  return html +
         "<h3>How to reproduce</h3>\n<pre>catdog train --config config.json</pre>\n"
         "<p>with the config above as config.json, the same pictures, and the environment's "
         "version, threads and precision.</p></section>\n";
}

}  // namespace

ReportedRun read_reported_run(const fs::path& folder) {
  const fs::path path = folder.has_filename() ? folder : folder.parent_path();  // "runs/a/"
  ReportedRun run{.name = shown(path.filename()), .config = {}, .epochs = {}};
  try {
    run.config = read_json(path / "config.json");
    run.epochs = read_epochs(path / "metrics.csv");
  } catch (const Error& error) {
    throw ModelError(std::string(error.what()) + "; name the folder of a run, as runs/baseline");
  }
  try {
    run.environment = read_json(path / "env.json");
  } catch (const Error& error) {
    run.missing.push_back(std::string("No environment: ") + error.what());
  }
  try {
    run.first_batch = as_jpeg(decode_picture(path / "first_batch.png"));
  } catch (const Error& error) {
    run.missing.push_back(std::string("No first batch: ") + error.what());
  }
  return run;
}

std::string report_page(const std::vector<ReportedRun>& runs) {
  std::string title;
  for (const ReportedRun& run : runs) title += (title.empty() ? "" : ", ") + run.name;
  title = html_escaped(title);
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n{}\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n<h1>{}</h1>\n",
      kGenerator, title, kStyle, title);
  page += result_section(runs) + curves_section(runs);
  for (const ReportedRun& run : runs) page += run_section(run);
  return page + "</main>\n</body>\n</html>\n";
}

void write_report(const fs::path& path, const std::string& page) {
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(path, ignored)) &&
      (!fs::is_regular_file(path, ignored) ||
       read_file(path).substr(0, 1024).find(kGenerator) == std::string::npos)) {
    throw ConfigError(shown(path) + ": is no report of catdog's and stays; -o names another file");
  }
  write_file_atomically(path, page);
}

}  // namespace catdog
