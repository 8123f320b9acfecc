// SPDX-License-Identifier: Apache-2.0
// Several runs of one config, for what one run alone cannot tell: how far its figures are chance.
#pragma once

#include <functional>
#include <string>

#include "catdog/cli/commands.hpp"

namespace catdog {

// Whether --seeds or --folds asks for more than one run.
bool is_series(const TrainCommand& options);

// Trains NAME-seed1, NAME-seed2 … with the config's seed and those after it, or NAME-fold1 … each
// judged on another part of the pictures. A run of that name that is done counts as it is, and one
// that stopped goes on: the same command again ends what was begun. Prints each run's kept figures,
// and their mean and standard deviation. Throws ConfigError for a run with another config; what
// `train` throws.
void train_series(const TrainCommand& options, const std::string& name,
                  const std::function<void(const TrainCommand&)>& train);

}  // namespace catdog
