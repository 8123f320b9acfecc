// SPDX-License-Identifier: Apache-2.0
// A run as TensorBoard shows it: one file of events in its folder.
//
// TensorBoard follows such a file by its path and how far it has read. So the file only grows, and
// what it holds is a function of when the run began (the number in its name), its config, its first
// batch and its figures: the times of its events, too, are the beginning and the seconds trained
// since. What a killed process left is then the beginning of what must stand there, even where it
// ends within an event, and the rest is put behind it: nobody sees an event twice, or none. Where
// it is not that beginning (other settings, an older checkpoint, damage), a file with the next
// number takes its place, which tells readers to forget what they have seen.
#pragma once

#include <filesystem>
#include <vector>

#include "catdog/core/options.hpp"
#include "catdog/train/trainer.hpp"

namespace catdog {

// The logs in a run's folder, the newest last.
std::vector<std::filesystem::path> tensorboard_logs(const std::filesystem::path& folder);

// Brings the log in a run's folder into line: config and first_batch.png, if there is one, as step
// 0, and each epoch's figures as the step of its number. Throws Error,
// and ModelError for a log that is a link (see append_to_file).
void write_tensorboard_log(const std::filesystem::path& folder, const Json& config,
                           const std::vector<EpochResult>& history);

}  // namespace catdog
