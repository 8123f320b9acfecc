// SPDX-License-Identifier: Apache-2.0
// How a training run begins and ends on the disk.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catdog/cli/commands.hpp"
#include "catdog/pictures/picture.hpp"
#include "catdog/train/run_folder.hpp"

namespace catdog {

// The name that is asked for; else the config's, that of a run, runs/<name>/config.json, being the
// run's.
std::string run_name(const TrainCommand& options);

// A run that stopped, and where it goes on from; no checkpoint if it was cut off before its first.
struct Stopped {
  RunFolder folder;
  std::optional<Checkpoint> checkpoint;
};

// The run that --resume names, if it names one. Throws ModelError.
std::optional<Stopped> open_stopped(const TrainCommand& options);

// The first batch as the network will see it.
Picture first_batch_sheet(const Config& config, const ImageFolder& training);

// What is known of a run before its first step.
struct Beginning {
  Json config, machine;
  Picture first_batch;
};

// A new one, or that of the run that stopped; with `beginning` unless the run has a checkpoint.
// Throws Error if `bytes_needed` do not fit on its disk, ConfigError, ModelError.
RunFolder open_folder(const TrainCommand& options, std::optional<Stopped> stopped,
                      const std::optional<Beginning>& beginning, uint64_t bytes_needed);

// Writes what the weights that were kept say of the validation pictures, and the page about the
// run; `digests` are the validation pictures' picture_digests(). The run is whole without the page: what stands in its way is no more than a warning. Throws
// Error, DataError, Interrupted.
void write_ending(const RunFolder& run, const ImageFolder& validation,
                  std::vector<std::string> digests, torch::Device device, Precision precision);

}  // namespace catdog
