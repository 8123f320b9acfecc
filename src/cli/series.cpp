// SPDX-License-Identifier: Apache-2.0
#include "catdog/cli/series.hpp"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <cmath>

#include "catdog/cli/columns.hpp"
#include "catdog/cli/standard_output.hpp"
#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/text.hpp"
#include "catdog/report/recorded_run.hpp"
#include "catdog/train/resume.hpp"
#include "catdog/train/run_folder.hpp"

namespace catdog {
namespace {

// The runs of the series, each as if it had been asked for alone.
std::vector<TrainCommand> members_of(const TrainCommand& options, const std::string& name) {
  const uint64_t first_seed = load_config(options.config).train.seed;
  std::vector<TrainCommand> members;
  for (int i = 0; i < std::max(options.seeds, options.folds); ++i) {
    TrainCommand& member = members.emplace_back(options);
    const auto set = [&](const char* flag, const char* key, uint64_t value) {
      member.config.settings.push_back({.key = key, .value = std::to_string(value), .flag = flag});
    };
    member.seeds = 1;
    member.folds = 0;
    if (options.folds > 0) {
      set("--folds", "data.folds", static_cast<uint64_t>(options.folds));
      set("--folds", "data.fold", static_cast<uint64_t>(i) + 1);
      member.name = fmt::format("{}-fold{}", name, i + 1);
    } else {
      const uint64_t seed = first_seed + static_cast<uint64_t>(i);
      set("--seeds", "train.seed", seed);
      member.name = fmt::format("{}-seed{}", name, seed);
    }
  }
  return members;
}

// Throws unless the run in that folder is the one that is asked for.
void check_same_run(const fs::path& folder, const TrainCommand& member) {
  const Config before = read_config(read_recorded_run(folder).config.dump(), shown(folder));
  const std::vector<std::string> keys = differing_keys(before, load_config(member.config));
  if (keys.empty()) return;
  throw ConfigError(fmt::format("{}: is a run with another {}; --name gives the series a new name",
                                shown(folder), join_and(keys)));
}

void train_member(const TrainCommand& member, const fs::path& folder,
                  const std::function<void(const TrainCommand&)>& train) {
  if (!fs::exists(folder)) return train(member);
  check_same_run(folder, member);
  if (run_state(folder).is_done) {
    spdlog::info("run {} is done already", shown(folder));
    return;
  }
  TrainCommand going_on = member;
  going_on.name.clear();
  going_on.resume = folder;
  train(going_on);
}

struct Spread {
  double mean, deviation;  // of a sample: divided by n - 1
};
Spread spread_of(const std::vector<double>& values) {
  double sum = 0, squares = 0;
  for (const double value : values) sum += value;
  const auto n = static_cast<double>(values.size());
  for (const double value : values) squares += (value - sum / n) * (value - sum / n);
  return {sum / n, std::sqrt(squares / (n - 1))};
}

std::string table_of(const std::vector<fs::path>& folders) {
  std::vector<std::vector<std::string>> rows = {{"run", "epoch", "val_loss", "val_acc"}};
  std::vector<double> losses, accuracies;
  for (const fs::path& folder : folders) {
    const RecordedRun run = read_recorded_run(folder);
    const RecordedEpoch& kept = run.kept_epoch();
    rows.push_back({run.name, std::to_string(kept.epoch), fmt::format("{:.4f}", kept.val_loss),
                    fmt::format("{:.4f}", kept.val_accuracy)});
    losses.push_back(kept.val_loss);
    accuracies.push_back(kept.val_accuracy);
  }
  const Spread loss = spread_of(losses), accuracy = spread_of(accuracies);
  rows.push_back(
      {"mean", "", fmt::format("{:.4f}", loss.mean), fmt::format("{:.4f}", accuracy.mean)});
  rows.push_back({"deviation", "", fmt::format("{:.4f}", loss.deviation),
                  fmt::format("{:.4f}", accuracy.deviation)});
  return in_columns(rows);
}

}  // namespace

bool is_series(const TrainCommand& options) { return options.seeds > 1 || options.folds > 0; }

void train_series(const TrainCommand& options, const std::string& name,
                  const std::function<void(const TrainCommand&)>& train) {
  std::vector<fs::path> folders;
  for (const TrainCommand& member : members_of(options, name)) {
    folders.push_back(options.runs / member.name);
    train_member(member, folders.back(), train);
  }
  print_text(table_of(folders));
}

}  // namespace catdog
