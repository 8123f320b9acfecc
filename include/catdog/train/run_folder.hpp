// SPDX-License-Identifier: Apache-2.0
// The folder of one training run: config.json, env.json, metrics.csv, weights/, model.pt.
#pragma once

#include <filesystem>
#include <string>

#include "catdog/train/trained_model.hpp"
#include "catdog/train/trainer.hpp"

namespace catdog {

class RunFolder {
 public:
  // Makes ROOT/NAME, or NAME-2, NAME-3 … where that exists already, and writes what is known before
  // the first step. Throws ConfigError for a name that is no plain folder name,
  // ModelError for a folder that cannot be made.
  static RunFolder create(const std::filesystem::path& root, const std::string& name,
                          const Json& config, const Json& environment);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path last_weights() const { return path_ / "weights" / "last.pt"; }
  std::filesystem::path best_weights() const { return path_ / "weights" / "best.pt"; }
  std::filesystem::path model() const { return path_ / "model.pt"; }

  // Adds one row to metrics.csv, on disk when it returns.
  void append(const EpochResult& result) const;

  // Makes model.pt from weights/last.pt or weights/best.pt.
  void finish(TrainOptions::Keep keep) const;

 private:
  explicit RunFolder(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
};

}  // namespace catdog
