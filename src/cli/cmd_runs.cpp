// SPDX-License-Identifier: Apache-2.0
// catdog runs: the training runs in a folder, the best first.
#include <spdlog/fmt/chrono.h>
#include <spdlog/fmt/fmt.h>
#include <sys/stat.h>

#include <algorithm>
#include <ctime>

#include "catdog/cli/columns.hpp"
#include "catdog/cli/commands.hpp"
#include "catdog/cli/standard_output.hpp"
#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/json_names.hpp"
#include "catdog/core/text.hpp"
#include "catdog/judge/epoch_order.hpp"
#include "catdog/report/recorded_run.hpp"
#include "catdog/train/run_folder.hpp"

namespace catdog {
namespace {

struct ListedRun {
  fs::path folder;
  RecordedRun record = {};  // its name alone where there is a problem
  RunState state = {};
  std::time_t written = 0;   // when metrics.csv was: the last epoch's end
  std::string problem = "";  // why the run cannot be read; empty: it can
};

bool is_run(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(folder / "config.json", ignored)) ||
         fs::exists(fs::symlink_status(folder / "metrics.csv", ignored));
}

// True for a link that leads nowhere and for a folder that cannot be looked into: a run may be lost
// there.
bool is_closed(const fs::directory_entry& entry) {
  std::error_code error;
  if (entry.is_symlink(error) && !entry.exists(error)) return true;
  const bool is_known = fs::status_known(fs::symlink_status(entry.path() / "config.json", error));
  return !is_known && error == std::errc::permission_denied;
}

ListedRun read_run(const fs::path& folder) {
  ListedRun run{.folder = folder};
  run.record.name = shown(folder.filename());
  run.state = run_state(folder);
  struct stat status {};
  if (::stat((folder / "metrics.csv").c_str(), &status) == 0) run.written = status.st_mtime;
  try {
    run.record = read_recorded_run(folder);
  } catch (const ModelError& error) {
    run.problem = error.what();
  }
  return run;
}

// The best epoch first; then runs without an epoch; then those that cannot be read.
bool stands_before(const ListedRun& a, const ListedRun& b) {
  const auto rank = [](const ListedRun& run) {
    if (!run.problem.empty()) return 2;
    return run.record.epochs.empty() ? 1 : 0;
  };
  if (rank(a) != rank(b)) return rank(a) < rank(b);
  if (rank(a) == 0) {
    const RecordedEpoch &of_a = a.record.best_epoch(), &of_b = b.record.best_epoch();
    const ValidationMetrics first = {of_a.val_accuracy, of_a.val_loss};
    const ValidationMetrics second = {of_b.val_accuracy, of_b.val_loss};
    if (is_better(first, second)) return true;
    if (is_better(second, first)) return false;
  }
  return natural_less(a.folder.filename().native(), b.folder.filename().native());
}

std::vector<ListedRun> list_runs(const fs::path& folder) {
  std::error_code error;
  if (is_run(folder)) {
    throw ModelError(
        fmt::format("{}: is a run itself; name the folder that holds it", shown(folder)));
  }
  std::vector<ListedRun> runs;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (is_run(entry->path()) || is_closed(*entry)) runs.push_back(read_run(entry->path()));
  }
  if (error) {
    throw ModelError(
        fmt::format("{}: cannot be listed: {}; catdog train makes runs, in the folder "
                    "runs unless --runs names another",
                    shown(folder), error.message()));
  }
  if (runs.empty()) {
    throw ModelError(
        fmt::format("{}: holds no run; catdog train makes them, in the folder runs "
                    "unless --runs names another",
                    shown(folder)));
  }
  std::sort(runs.begin(), runs.end(), stands_before);
  return runs;
}

// What the config says; null where it does not.
Json epochs_asked(const RecordedRun& run) {
  const Json epochs = run.config.value("/train/epochs"_json_pointer, Json());
  return epochs.is_number_integer() ? epochs : Json();
}

Json precision_of(const RecordedRun& run) {
  if (!run.environment) return {};
  const Json precision = run.environment->value("precision", Json());
  return precision.is_string() ? precision : Json();
}

// Validation included, over all processes that worked on it.
double seconds_of(const RecordedRun& run) {
  double seconds = 0;
  for (const RecordedEpoch& epoch : run.epochs) seconds += epoch.seconds;
  return seconds;
}

const char* state_id(const RunState& state) {
  return state.is_running ? "running" : state.is_done ? "done" : "stopped";
}

Json to_json(const ListedRun& run) {
  Json json;
  set_name(json, "name", run.folder.filename());
  set_name(json, "path", run.folder);
  if (!run.problem.empty()) {
    json["state"] = "damaged";
    json["problem"] = run.problem;
    return json;
  }
  const RecordedRun& record = run.record;
  json["state"] = state_id(run.state);
  json["can_resume"] = !run.state.is_running && run.state.has_checkpoint;
  json["epochs_done"] = record.epochs.size();
  json["epochs_asked"] = epochs_asked(record);
  const bool has_epoch = !record.epochs.empty();
  json["best_val_acc"] = has_epoch ? Json(record.best_epoch().val_accuracy) : Json();
  json["best_val_loss"] = has_epoch ? Json(record.best_epoch().val_loss) : Json();
  json["best_epoch"] = has_epoch ? Json(record.best_epoch().epoch) : Json();
  json["last_val_loss"] = has_epoch ? Json(record.epochs.back().val_loss) : Json();
  json["seconds"] = seconds_of(record);
  json["precision"] = precision_of(record);
  json["written"] = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(run.written));
  return json;
}

std::vector<std::string> row_of(const ListedRun& run) {
  const RecordedRun& record = run.record;
  if (!run.problem.empty()) return {record.name, run.problem};
  const Json asked = epochs_asked(record), precision = precision_of(record);
  std::string best = "-", loss = "-", state = state_id(run.state);
  if (!record.epochs.empty()) {
    const RecordedEpoch& epoch = record.best_epoch();
    best = fmt::format("{:.4f} in epoch {}", epoch.val_accuracy, epoch.epoch);
    loss = fmt::format("{:.4f}", record.epochs.back().val_loss);
  }
  if (state == "stopped" && run.state.has_checkpoint) state += ", can be resumed";
  return {record.name,
          fmt::format("{}/{}", record.epochs.size(), asked.is_null() ? "?" : asked.dump()),
          best,
          loss,
          duration(seconds_of(record)),
          precision.is_null() ? "?" : precision.get<std::string>(),
          state,
          fmt::format("{:%Y-%m-%d %H:%M}", fmt::localtime(run.written))};
}

}  // namespace

void setup_runs(CLI::App& app) {
  auto options = std::make_shared<RunsCommand>();
  CLI::App* command = app.add_subcommand("runs", "List the runs in a folder, the best first");
  command
      ->add_option("DIR", options->folder, "folder that holds the runs; nothing in it is changed")
      ->capture_default_str()
      ->type_name("");
  command->add_flag("--json", options->json, "print one JSON object");
  add_examples(*command, {{"those in the folder runs", "catdog runs"},
                          {"for a program", "catdog runs runs --json"}});
  command->callback([options] { run_runs(*options); });
}

void run_runs(const RunsCommand& options) {
  const std::vector<ListedRun> runs = list_runs(options.folder);
  if (options.json) {
    Json json;
    set_name(json, "folder", options.folder);
    json["runs"] = Json::array();
    for (const ListedRun& run : runs) json["runs"].push_back(to_json(run));
    print_data(json_text(json, /*indent=*/2) + "\n");
    return;
  }
  std::vector<std::vector<std::string>> rows = {{"run", "epochs", "best val_acc", "last val_loss",
                                                 "time", "precision", "state", "last epoch"}};
  for (const ListedRun& run : runs) rows.push_back(row_of(run));
  print_text(in_columns(rows));
}

}  // namespace catdog
