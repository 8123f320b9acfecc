// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/run_folder.hpp"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "catdog/core/error.hpp"
#include "catdog/core/file_system.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/json_names.hpp"
#include "catdog/judge/epoch_order.hpp"
#include "catdog/train/tensorboard_log.hpp"

namespace catdog {
namespace {

constexpr const char* kMetricsHeader =
    "epoch,loss,acc,val_loss,val_acc,lr,seconds,images_per_second\n";

// A folder of that name that did not exist before.
fs::path make_new_folder(const fs::path& root, const std::string& name) {
  std::error_code error;
  fs::create_directories(root, error);
  for (int number = 1; !error; ++number) {
    const fs::path path = root / (number == 1 ? name : fmt::format("{}-{}", name, number));
    if (fs::create_directory(path, error)) return path;
    // A file of that name is an error on some systems and a plain "no" on others: go on.
    if (error == std::errc::file_exists || error == std::errc::not_a_directory) error.clear();
  }
  throw ModelError(fmt::format("cannot make a run folder in {}: {}", shown(root), error.message()));
}

constexpr const char* kCheckpoints = "checkpoints";

fs::path checkpoints_of(const fs::path& run) { return run / kCheckpoints; }

// step-00000150.pt: the names sort as the steps do.
std::string checkpoint_name(int64_t steps_done) { return fmt::format("step-{:08}.pt", steps_done); }

bool is_checkpoint_name(std::string_view name) {
  if (!name.starts_with("step-") || !name.ends_with(".pt")) return false;
  name.remove_prefix(5);
  name.remove_suffix(3);
  return name.size() >= 8 && name.find_first_not_of("0123456789") == name.npos;
}

// The newest first.
std::vector<fs::path> list_checkpoints(const fs::path& run) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(checkpoints_of(run), error), end; !error && entry != end;
       entry.increment(error)) {
    if (is_checkpoint_name(entry->path().filename().string())) files.push_back(entry->path());
  }
  std::sort(files.begin(), files.end(), [](const fs::path& a, const fs::path& b) {
    return natural_less(b.filename().native(), a.filename().native());
  });
  return files;
}

// What a run writes, below its folder: names of folders with those of the files in them.
// Checkpoints and TensorBoard's logs are further files.
struct PartsOfRun {
  const char* folder;
  std::vector<std::string> files;
};
const std::vector<PartsOfRun>& parts_of_run() {
  static const std::vector<PartsOfRun> parts = {
      {"", {"config.json", "env.json", "first_batch.png", "metrics.csv", "model.pt", "report.html"}},
      {"weights", {"last.pt", "best.pt"}},
      {kCheckpoints, {}},
      {"predictions", {"validation.csv", "test.csv", "test-of-another-model.csv"}}};
  return parts;
}

// Somebody else may have made the folder: a part of it that is a link would lead what the run writes
// to another file of the user's.
void check_parts(const fs::path& run) {
  for (const PartsOfRun& part : parts_of_run()) {
    const bool is_top = *part.folder == '\0';
    const fs::path folder = is_top ? run : run / part.folder;
    if (!is_top) check_own_entry(folder, OwnEntry::folder);
    for (const std::string& file : part.files) {
      check_own_entry(folder / file, OwnEntry::replaced_file);
    }
  }
  for (const fs::path& file : list_checkpoints(run)) {
    check_own_entry(file, OwnEntry::replaced_file);
  }
  for (const fs::path& file : tensorboard_logs(run)) {
    check_own_entry(file, OwnEntry::changed_file);
  }
  check_own_entry(run / kLockFile, OwnEntry::changed_file);
}

// A process that was killed in the middle of writing leaves a file that nobody else will miss.
void sweep(const fs::path& run) {
  for (const PartsOfRun& part : parts_of_run()) {
    if (*part.folder == '\0') {
      remove_temporaries(run, part.files);
    } else {
      remove_temporaries(run / part.folder, part.files, FolderLink::refuse);
    }
  }
  std::vector<std::string> checkpoints;
  std::error_code error;
  for (fs::directory_iterator entry(checkpoints_of(run), error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const std::string file = name.substr(0, name.find(".tmp."));
    if (file != name && is_checkpoint_name(file)) checkpoints.push_back(file);
  }
  remove_temporaries(checkpoints_of(run), checkpoints, FolderLink::refuse);
}

void make_folders(const fs::path& run) {
  for (const PartsOfRun& part : parts_of_run()) {
    if (*part.folder != '\0') make_own_folder(run / part.folder);
  }
}

std::string row(const EpochResult& result) {
  return fmt::format("{},{},{},{},{},{:g},{:.3f},{:.1f}\n", result.epoch, metric_text(result.loss),
                     metric_text(result.accuracy), metric_text(result.val_loss),
                     metric_text(result.val_accuracy), result.lr, result.seconds,
                     result.images_per_second);
}

}  // namespace

FolderLink link_rule_for(const fs::path& output) {
  const bool lies_in_run = file_id(output.parent_path().parent_path() / "config.json").has_value();
  return lies_in_run ? FolderLink::refuse : FolderLink::follow;
}

RunState run_state(const fs::path& run) {
  std::error_code ignored;
  return {.is_running = is_locked(run),
          .is_done = fs::is_regular_file(run / "model.pt", ignored),
          .has_checkpoint = !list_checkpoints(run).empty()};
}

RunFolder RunFolder::create(const fs::path& root, const std::string& name) {
  if (name.empty() || name[0] == '.' || name.find('/') != std::string::npos) {
    throw ConfigError(fmt::format(
        "run name \"{}\": must be a plain folder name; --name gives another, --runs the folder it "
        "is made in",
        name));
  }
  RunFolder run(make_new_folder(root, name));
  make_folders(run.path_);
  return run;
}

void RunFolder::begin(const Json& config, const Json& environment) const {
  write_file_atomically(path_ / "config.json", config.dump(2) + "\n");
  write_file_atomically(path_ / "env.json", json_text(environment, /*indent=*/2) + "\n");
  write_metrics({});
}

RunFolder RunFolder::open(const fs::path& path) {
  if (!file_id(path / "config.json")) {
    throw ModelError(shown(path) + ": no folder of a training run: it has no config.json");
  }
  const fs::path folder = path.has_filename() ? path : path.parent_path();  // "runs/a/"
  check_parts(folder);
  RunFolder run(folder);
  sweep(run.path_);
  make_folders(run.path_);
  return run;
}

uint64_t RunFolder::bytes() const {
  uint64_t bytes = 0;
  std::error_code error, ignored;
  for (fs::recursive_directory_iterator entry(path_, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_regular_file(ignored)) bytes += entry->file_size(ignored);
  }
  return bytes;
}

Config RunFolder::config() const {
  const fs::path file = path_ / "config.json";
  try {
    return read_config(read_file(file), shown(file));
  } catch (const Error& error) {
    throw ModelError(error.lines());
  }
}

void RunFolder::write_config(const Config& config) const {
  write_file_atomically(path_ / "config.json", to_json(config).dump(2) + "\n");
}

void RunFolder::write_metrics(const std::vector<EpochResult>& history) const {
  // The file is small: written anew as a whole, it never ends in half a row.
  std::string text = kMetricsHeader;
  for (const EpochResult& result : history) text += row(result);
  write_file_atomically(path_ / "metrics.csv", text);
}

std::optional<Checkpoint> RunFolder::newest_checkpoint() {
  const std::vector<fs::path> files = list_checkpoints(path_);
  for (size_t i = 0; i < files.size(); ++i) {
    const bool is_last = i + 1 == files.size();
    try {
      Checkpoint checkpoint = to_checkpoint(load_archive(files[i]), shown(files[i]));
      newest_ = files[i];
      if (!is_last) previous_ = files[i + 1];
      return checkpoint;
    } catch (const ModelError& error) {
      spdlog::warn("{}{}", error.what(), is_last ? "" : "; the checkpoint before it is used");
    }
  }
  if (!files.empty()) {
    throw ModelError(shown(path_) + ": none of its checkpoints can be used; weights/ may still be");
  }
  return std::nullopt;
}

void RunFolder::write(const Checkpoint& checkpoint) {
  const fs::path file = checkpoints_of(path_) / checkpoint_name(checkpoint.position.steps_done);
  save_archive(file, to_archive(checkpoint));
  if (file != newest_) previous_ = std::exchange(newest_, file);
  for (const fs::path& other : list_checkpoints(path_)) {
    if (other != newest_ && other != previous_) remove_own_file(other, FolderLink::refuse);
  }
}

void RunFolder::finish(TrainOptions::Keep keep) const {
  const std::string bytes =
      read_file(keep == TrainOptions::Keep::last ? last_weights() : best_weights());
  const fs::path test = predictions("test"), aside = predictions("test-of-another-model");
  std::error_code ignored;
  if (fs::exists(test, ignored) && !(fs::exists(model(), ignored) && read_file(model()) == bytes)) {
    rename_over(test, aside);
    spdlog::warn("{} is of another model than this run's is now: it becomes {}", shown(test),
                 shown(aside.filename()));
  }
  write_file_atomically(model(), bytes);
}

}  // namespace catdog
