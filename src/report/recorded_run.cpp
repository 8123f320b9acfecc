// SPDX-License-Identifier: Apache-2.0
#include "catdog/report/recorded_run.hpp"

#include <cstdio>
#include <limits>
#include <sstream>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/judge/epoch_order.hpp"

namespace catdog {
namespace {

constexpr const char* kColumns = "epoch,loss,acc,val_loss,val_acc,lr,seconds,images_per_second";

Json read_json(const fs::path& file) { return parse_json(read_file(file), shown(file)); }

// Throws Error where a section is no object.
Json read_config_json(const fs::path& file) {
  Json config = read_json(file);
  for (const auto& [section, values] : config.items()) {
    if (values.is_object()) continue;
    throw Error(shown(file) + ": " + section + " must be an object, { … }");
  }
  return config;
}

// Whether a run could have written these numbers; false for what is no number.
bool is_possible(const RecordedEpoch& row) {
  constexpr double kLargestMean = std::numeric_limits<float>::max();  // losses are means of floats
  constexpr double kLongest = 1e12;                                   // s
  const auto is_in = [](double x, double low, double high) { return x >= low && x <= high; };
  return is_in(row.loss, -kLargestMean, kLargestMean) &&
         is_in(row.val_loss, -kLargestMean, kLargestMean) && is_in(row.accuracy, 0, 1) &&
         is_in(row.val_accuracy, 0, 1) && is_in(row.seconds, 0, kLongest);
}

std::vector<RecordedEpoch> read_epochs(const fs::path& file) {
  std::istringstream lines(read_file(file));
  std::string line;
  std::getline(lines, line);
  if (line != kColumns) throw Error(shown(file) + ": does not begin with the line " + kColumns);
  std::vector<RecordedEpoch> epochs;
  while (std::getline(lines, line)) {
    RecordedEpoch row{};
    const int read = std::sscanf(line.c_str(), "%d,%lf,%lf,%lf,%lf,%*f,%lf,", &row.epoch, &row.loss,
                                 &row.accuracy, &row.val_loss, &row.val_accuracy, &row.seconds);
    if (read != 6 || row.epoch != static_cast<int>(epochs.size()) + 1 || !is_possible(row)) {
      throw Error(shown(file) + ": damaged after epoch " + std::to_string(epochs.size()));
    }
    epochs.push_back(row);
  }
  return epochs;
}

}  // namespace

const RecordedEpoch& RecordedRun::best_epoch() const { return best_of(epochs); }

const RecordedEpoch& RecordedRun::kept_epoch() const {
  const Json keep = config.value("/train/keep"_json_pointer, Json("best"));
  return keep == "last" ? epochs.back() : best_epoch();
}

fs::path file_of_run(const fs::path& folder, const fs::path& name) {
  const fs::path path = folder / name;
  std::error_code error;
  const fs::path whole = fs::weakly_canonical(path, error);
  const fs::path inside =
      error ? fs::path() : whole.lexically_relative(fs::weakly_canonical(folder, error));
  if (error) throw Error("cannot read " + shown(path) + ": " + error.message());
  if (inside.empty() || *inside.begin() == "..") {
    throw Error(shown(path) + ": is a symbolic link that leads out of the run's folder");
  }
  return path;
}

RecordedRun read_recorded_run(const fs::path& folder) {
  const fs::path path = folder.has_filename() ? folder : folder.parent_path();  // "runs/a/"
  RecordedRun run{.name = shown(path.filename()), .config = {}, .epochs = {}, .environment = {}};
  try {
    run.config = read_config_json(file_of_run(path, "config.json"));
    run.epochs = read_epochs(file_of_run(path, "metrics.csv"));
  } catch (const Error& error) {
    throw ModelError(error.what());
  }
  try {
    run.environment = read_json(file_of_run(path, "env.json"));
  } catch (const Error& error) {
    run.why_no_environment = error.what();
  }
  return run;
}

}  // namespace catdog
