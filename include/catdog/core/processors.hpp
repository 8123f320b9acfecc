// SPDX-License-Identifier: Apache-2.0
// The processors that this process may use: the one source for the number of threads.
#pragma once

#include <filesystem>
#include <optional>

namespace catdog {

struct Processors {
  int in_machine = 1;           // that are online
  int allowed = 1;              // in the affinity mask, as taskset or a cpuset sets it
  std::optional<double> quota;  // of the control groups: processors' worth of time; none: no limit

  // How many threads can run at once: `allowed`, at most the quota rounded up, at least 1.
  int usable() const;
};

// `root` is where /proc and /sys/fs/cgroup are looked for.
Processors processors(const std::filesystem::path& root = "/");

// processors().usable(), as it was when first asked for.
int usable_cores();

}  // namespace catdog
