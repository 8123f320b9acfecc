// SPDX-License-Identifier: Apache-2.0
// What this process may use of the machine: processors, memory, disk, open files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "catdog/core/processors.hpp"

namespace catdog {

struct CoreFacts {
  Processors processors;
  double load = 0;               // processes that wanted to run, mean over the last minute
  std::string name;              // of the processor, as Linux knows it
  std::vector<std::string> has;  // of the instruction sets that matter here
};

struct MemoryFacts {
  uint64_t total_bytes = 0;
  uint64_t free_bytes = 0;              // that can be had without swapping, and within the limit
  std::optional<uint64_t> limit_bytes;  // of a control group; none: no limit
};

struct DiskFacts {
  std::filesystem::path folder;
  uint64_t free_bytes = 0;
  bool can_write = false;
};

// None: no limit.
struct ProcessLimits {
  std::optional<uint64_t> open_files, file_bytes, address_bytes;
};

// `root` is where /proc and /sys/fs/cgroup are looked for.
CoreFacts core_facts(const std::filesystem::path& root = "/");
MemoryFacts memory_facts(const std::filesystem::path& root = "/");
DiskFacts disk_facts(const std::filesystem::path& folder);
ProcessLimits process_limits();

}  // namespace catdog
