// SPDX-License-Identifier: Apache-2.0
// Finds out before the first step what would otherwise spoil the end of a run.
#pragma once

#include <filesystem>
#include <string>

#include "catdog/data/image_folder.hpp"

namespace catdog {

// DIR holds train/ and validation/, and its path can be recorded. Throws ConfigError, DataError.
void check_folder(const std::filesystem::path& dir);

// The classes' names can be recorded. `dir` is for messages. Throws DataError.
void check_class_names(const ImageFolder& training, const std::string& dir);

// Says once what a command that lists files did not take, if anything: a warning where images are
// among it.
void log_skipped(const std::string& where, const std::vector<SkippedFile>& skipped);

// [{"file": …, "reason": …}, …]
Json skipped_record(const std::vector<SkippedFile>& skipped);

// Says how many pictures data.on_bad = skip has left out of a folder, and names the first of them;
// empty if it left out none.
std::string left_out_text(const ImageFolder& folder);

// All of them, for records: [{"file", "reason"}, …], names as set_name() writes them.
Json left_out_record(const ImageFolder& folder);

}  // namespace catdog
