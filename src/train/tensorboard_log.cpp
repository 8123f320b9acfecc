// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/tensorboard_log.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>

#include "catdog/core/files.hpp"
#include "catdog/train/tensorboard_events.hpp"

namespace catdog {
namespace {

// A log's name, which TensorBoard knows by its beginning; names sort as logs follow each other.
struct LogName {
  long began;  // the run, or so it is taken; seconds since 1970
  int number;  // of the log, from 1

  std::string text() const {
    return fmt::format("events.out.tfevents.{:010}.catdog.{:04}", began, number);
  }
};

// Those in the folder, the newest last.
std::vector<LogName> list_logs(const fs::path& folder) {
  std::vector<LogName> logs;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    LogName log{};
    std::sscanf(name.c_str(), "events.out.tfevents.%15ld.catdog.%8d", &log.began, &log.number);
    if (log.text() == name) logs.push_back(log);
  }
  std::sort(logs.begin(), logs.end(), [](const LogName& a, const LogName& b) {
    return std::pair(a.began, a.number) < std::pair(b.began, b.number);
  });
  return logs;
}

// As if the run, which has trained for so long, had not been interrupted.
LogName first_log(const std::vector<EpochResult>& history) {
  double began =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  for (const EpochResult& result : history) began -= result.seconds;
  return {.began = static_cast<long>(std::max(began, 0.0)), .number = 1};
}

std::string content(double began, const Json& config, const std::string& first_batch,
                    const std::vector<EpochResult>& history) {
  StepSummary beginning;
  beginning.add_text("config", "```\n" + config.dump(2) + "\n```\n");
  beginning.add_png("first_batch", first_batch);
  std::string records = first_records(began) + beginning.record(began, /*step=*/0);
  double wall_time = began;
  for (const EpochResult& result : history) {
    StepSummary epoch;
    epoch.add_scalar("accuracy/train", result.accuracy);
    epoch.add_scalar("accuracy/validation", result.val_accuracy);
    epoch.add_scalar("loss/train", result.loss);
    epoch.add_scalar("loss/validation", result.val_loss);
    epoch.add_scalar("learning_rate", result.lr);
    epoch.add_scalar("speed/images_per_second", result.images_per_second);
    epoch.add_scalar("speed/seconds_per_epoch", result.seconds);
    wall_time += result.seconds;
    records += epoch.record(wall_time, result.epoch);
  }
  return records;
}

std::string read_if_there(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(file, ignored) ? read_file(file) : std::string();
}

// What stood before the present log. A reader that follows the last of these by its path must still
// find it, to see that it ends and another one comes after it: that one is only emptied.
void retire(const fs::path& folder, const std::vector<LogName>& logs) {
  std::error_code ignored;
  for (const LogName& log : logs) {
    const fs::path file = folder / log.text();
    if (&log != &logs.back()) {
      remove_own_file(file, FolderLink::follow);
    } else if (!fs::is_empty(file, ignored)) {
      empty_file(file);
    }
  }
}

}  // namespace

std::vector<fs::path> tensorboard_logs(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const LogName& log : list_logs(folder)) files.push_back(folder / log.text());
  return files;
}

void write_tensorboard_log(const fs::path& folder, const Json& config,
                           const std::vector<EpochResult>& history) {
  std::vector<LogName> logs = list_logs(folder);
  LogName log = logs.empty() ? first_log(history) : logs.back();
  const std::string wanted = content(static_cast<double>(log.began), config,
                                     read_if_there(folder / "first_batch.png"), history);
  std::string there = read_if_there(folder / log.text());
  if (!wanted.starts_with(there)) {
    ++log.number;
    there.clear();
  } else if (!logs.empty()) {
    logs.pop_back();
  }
  if (there.size() < wanted.size()) {
    append_to_file(folder / log.text(), std::string_view(wanted).substr(there.size()));
  }
  retire(folder, logs);
}

}  // namespace catdog
