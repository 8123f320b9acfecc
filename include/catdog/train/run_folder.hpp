// SPDX-License-Identifier: Apache-2.0
// The folder of one training run, and who may write there: config.json, env.json, metrics.csv,
// weights/, checkpoints/, model.pt,
// predictions/.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "catdog/core/writer_lock.hpp"
#include "catdog/train/checkpoint.hpp"

namespace catdog {

// How a run's folder stands, seen from outside: nothing is locked, read whole or changed.
struct RunState {
  bool is_running = false;      // a process has its lock
  bool is_done = false;         // model.pt is there
  bool has_checkpoint = false;  // one to go on from, if it proves to be whole
};
RunState run_state(const std::filesystem::path& run);

// How a file is to be written that a user named: a folder inside a run, as predictions/, is no link.
FolderLink link_rule_for(const std::filesystem::path& output);

// A run that is in the making keeps its folder locked: see WriterLock.
class RunFolder {
 public:
  // Makes ROOT/NAME, or NAME-2, NAME-3 … where that exists already. Throws ConfigError for a name
  // that is no plain folder name, ModelError for a folder that cannot be made.
  static RunFolder create(const std::filesystem::path& root, const std::string& name);

  // Writes what is known before the first step.
  void begin(const Json& config, const Json& environment) const;

  // A run that stopped; removes what it was just writing when it was killed. Throws ModelError if
  // `path` is no run's folder, if another process has it, or if a part of it is a link or otherwise
  // not what a run makes (check_own_entry); `path` itself may be a link.
  static RunFolder open(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  uint64_t bytes() const;  // of all files in it
  std::filesystem::path last_weights() const { return path_ / "weights" / "last.pt"; }
  std::filesystem::path best_weights() const { return path_ / "weights" / "best.pt"; }
  std::filesystem::path model() const { return path_ / "model.pt"; }
  // What model.pt says of the pictures of a subset.
  std::filesystem::path predictions(const std::string& subset) const {
    return path_ / "predictions" / (subset + ".csv");
  }

  // The config that the run was begun with. Throws ModelError.
  Config config() const;
  void write_config(const Config& config) const;

  // Writes metrics.csv: one row an epoch.
  void write_metrics(const std::vector<EpochResult>& history) const;

  // The newest checkpoint that is whole; one that is damaged is named in a warning and passed over.
  // None if there is no file. Throws ModelError if there are only damaged ones.
  std::optional<Checkpoint> newest_checkpoint();

  // Adds a checkpoint, and then removes all but this one and the one before it.
  void write(const Checkpoint& checkpoint);

  // Makes model.pt from weights/last.pt or weights/best.pt. What it says of the validation pictures
  // is to be written next. Predictions of the test that another model.pt made are renamed, for they
  // would pass for this one's.
  void finish(TrainOptions::Keep keep) const;

 private:
  explicit RunFolder(std::filesystem::path path) : path_(std::move(path)), lock_(path_) {}

  std::filesystem::path path_;
  WriterLock lock_;
  // The checkpoint last read or written, and the one before it; empty: none. A damaged one that was
  // passed over is neither, whatever its name says.
  std::filesystem::path newest_, previous_;
};

}  // namespace catdog
