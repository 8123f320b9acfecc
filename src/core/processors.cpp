// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/processors.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <sstream>
#include <vector>

#include "catdog/core/control_groups.hpp"

namespace catdog {
namespace {

namespace fs = std::filesystem;

// Processors' worth of time that one group grants.
std::optional<double> quota_of(const fs::path& group) {
  double quota = 0, period = 0;
  std::istringstream version2(system_text(group / "cpu.max"));  // "200000 100000" or "max 100000"
  if (!(version2 >> quota >> period)) {
    quota = static_cast<double>(system_number(group / "cpu.cfs_quota_us").value_or(0));  // -1: none
    period = static_cast<double>(system_number(group / "cpu.cfs_period_us").value_or(0));
  }
  if (quota <= 0 || period <= 0) return std::nullopt;
  return quota / period;
}

// The processors in the affinity mask of the calling thread; 0 if the system does not tell.
int processors_in_mask() {
  for (size_t sets = 1; sets <= 1024; sets *= 2) {  // the kernel's mask may need more than one set
    std::vector<cpu_set_t> mask(sets);
    const size_t bytes = sets * sizeof(cpu_set_t);
    if (::sched_getaffinity(0, bytes, mask.data()) == 0) return CPU_COUNT_S(bytes, mask.data());
    if (errno != EINVAL) break;
  }
  return 0;
}

}  // namespace

int Processors::usable() const {
  const double limit = std::ceil(quota.value_or(allowed));
  return std::max(1, limit < allowed ? static_cast<int>(limit) : allowed);
}

Processors processors(const fs::path& root) {
  Processors found;
  found.in_machine = std::max(1, static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN)));
  const int in_mask = processors_in_mask();
  found.allowed = in_mask > 0 ? in_mask : found.in_machine;
  for (const fs::path& group : control_groups(root, "cpu")) {
    const std::optional<double> quota = quota_of(group);
    if (quota && (!found.quota || *quota < *found.quota)) found.quota = quota;
  }
  return found;
}

int usable_cores() {
  static const int cores = processors().usable();
  return cores;
}

}  // namespace catdog
