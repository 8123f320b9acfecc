// SPDX-License-Identifier: Apache-2.0
// The control groups (cgroups, versions 1 and 2) that limit this process, and reading their files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace catdog {

// The folders of the groups of this process, its own first: those of version 2, and of version 1
// those of `controller`. In a container the path in /proc may be the host's, and is then not there:
// only the groups above it can be seen. `root` is where /proc and /sys/fs/cgroup are looked for.
std::vector<std::filesystem::path> control_groups(const std::filesystem::path& root,
                                                  const std::string& controller);

// The text of a file of /proc or /sys; empty if there is none.
std::string system_text(const std::filesystem::path& file);

// The whole of a file that holds one number; none where it holds something else, as "max".
std::optional<uint64_t> system_number(const std::filesystem::path& file);

}  // namespace catdog
