// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/run_folder.hpp"

#include <spdlog/fmt/fmt.h>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"

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

}  // namespace

RunFolder RunFolder::create(const fs::path& root, const std::string& name, const Json& config,
                            const Json& environment) {
  if (name.empty() || name[0] == '.' || name.find('/') != std::string::npos) {
    throw ConfigError(fmt::format(
        "run name \"{}\": must be a plain folder name; --name gives another, --runs the folder it "
        "is made in",
        name));
  }
  const RunFolder run(make_new_folder(root, name));
  fs::create_directory(run.path_ / "weights");
  write_file_atomically(run.path_ / "config.json", config.dump(2) + "\n");
  write_file_atomically(run.path_ / "env.json", environment.dump(2) + "\n");
  write_file_atomically(run.path_ / "metrics.csv", kMetricsHeader);
  return run;
}

void RunFolder::append(const EpochResult& result) const {
  const fs::path file = path_ / "metrics.csv";
  const std::string row =
      fmt::format("{},{:.6g},{:.6g},{:.6g},{:.6g},{:g},{:.3f},{:.1f}\n", result.epoch, result.loss,
                  result.accuracy, result.val_loss, result.val_accuracy, result.lr, result.seconds,
                  result.images_per_second);
  // The file is small: written anew as a whole, it never ends in half a row.
  write_file_atomically(file, read_file(file) + row);
}

void RunFolder::finish(TrainOptions::Keep keep) const {
  write_file_atomically(
      model(), read_file(keep == TrainOptions::Keep::last ? last_weights() : best_weights()));
}

}  // namespace catdog
