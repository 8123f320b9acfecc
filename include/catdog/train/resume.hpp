// SPDX-License-Identifier: Apache-2.0
// What may change between a run's beginning and its going on, and what is said of it.
#pragma once

#include <string>
#include <vector>

#include "catdog/train/checkpoint.hpp"

namespace catdog {

// The keys, section.key, whose values differ and of which a run's result depends.
std::vector<std::string> differing_keys(const Config& a, const Config& b);

// The settings to go on with: `asked`, if that differs from the run's own in nothing that changes
// its result; precision and threads are the checkpoint's where `asked` leaves them open. With
// `force`, other keys may differ too, if the checkpoint still makes sense with them. Throws
// ConfigError naming each key that may not differ, with both values.
Config resumed_config(const Checkpoint& checkpoint, Config asked, bool force);

// What is then kept as the run's config: `now`, but for how this process prepares its pictures, and
// with what was left open left open, so that the files are those of the run that never stopped.
Config recorded_config(const Checkpoint& checkpoint, Config now);

// The run's classes, and its pictures unless `force`. Throws DataError.
void check_same_pictures(const Checkpoint& checkpoint, const std::vector<std::string>& classes,
                         const Json& pictures, bool force);

// Warns where this machine may round in another way than the one that the checkpoint comes from.
void warn_of_other_machine(const Json& before, const Json& now);

}  // namespace catdog
