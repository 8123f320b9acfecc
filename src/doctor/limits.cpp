// SPDX-License-Identifier: Apache-2.0
#include "catdog/doctor/limits.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <sstream>
#include <utility>

#include "catdog/core/control_groups.hpp"

namespace catdog {
namespace fs = std::filesystem;
namespace {

// The number after a key at the beginning of a line, as in "MemAvailable:  123 kB".
std::optional<uint64_t> number_after(const std::string& text, const std::string& key) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(key)) return std::strtoull(line.c_str() + key.size(), nullptr, 10);
  }
  return std::nullopt;
}

// Bytes that one group may have, and those it has; pages of files, which it would give back, are
// not counted.
std::optional<std::pair<uint64_t, uint64_t>> memory_of(const fs::path& group) {
  std::optional<uint64_t> limit = system_number(group / "memory.max");
  std::optional<uint64_t> used = system_number(group / "memory.current");
  std::string files = "inactive_file ";
  if (!limit) {
    limit = system_number(group / "memory.limit_in_bytes");
    used = system_number(group / "memory.usage_in_bytes");
    files = "total_inactive_file ";
  }
  constexpr uint64_t kNone = uint64_t{1} << 60;  // version 1 says "no limit" by a huge number
  if (!limit || *limit >= kNone) return std::nullopt;
  const uint64_t kept = used.value_or(0);
  const uint64_t cache = number_after(system_text(group / "memory.stat"), files).value_or(0);
  return std::pair(*limit, kept - std::min(kept, cache));
}

// Of the instruction sets that decide how fast training is, those that the kernel lists. Names of
// /proc/cpuinfo, and how they are known to people.
std::vector<std::string> instruction_sets(const std::string& cpuinfo) {
  constexpr std::pair<const char*, const char*> kKnown[] = {
      {"avx2", "AVX2"},         {"avx512f", "AVX-512"}, {"avx512_bf16", "AVX-512-BF16"},
      {"amx_bf16", "AMX-BF16"}, {"asimd", "NEON"},      {"sve", "SVE"},
      {"bf16", "BF16"}};
  std::istringstream lines(cpuinfo);
  std::string line;
  while (std::getline(lines, line) && !line.starts_with("flags") && !line.starts_with("Features")) {
  }
  std::istringstream words(line);
  const std::vector<std::string> flags(std::istream_iterator<std::string>(words), {});
  std::vector<std::string> found;
  for (const auto& [flag, name] : kKnown) {
    if (std::find(flags.begin(), flags.end(), flag) != flags.end()) found.emplace_back(name);
  }
  return found;
}

std::string processor_name(const std::string& cpuinfo) {
  const size_t begin = cpuinfo.find("model name");
  if (begin == std::string::npos) return "unknown";
  const std::string line = cpuinfo.substr(begin, cpuinfo.find('\n', begin) - begin);
  return line.substr(std::min(line.size(), line.find(':') + 2));
}

std::optional<uint64_t> limit_of(int resource) {
  struct rlimit limit {};
  if (::getrlimit(static_cast<__rlimit_resource_t>(resource), &limit) != 0 ||
      limit.rlim_cur == RLIM_INFINITY) {
    return std::nullopt;
  }
  return limit.rlim_cur;
}

}  // namespace

CoreFacts core_facts(const fs::path& root) {
  CoreFacts facts;
  facts.processors = processors(root);
  double load[1] = {0};
  if (::getloadavg(load, 1) == 1) facts.load = load[0];
  const std::string cpuinfo = system_text(root / "proc/cpuinfo");
  facts.name = processor_name(cpuinfo);
  facts.has = instruction_sets(cpuinfo);
  return facts;
}

MemoryFacts memory_facts(const fs::path& root) {
  const std::string meminfo = system_text(root / "proc/meminfo");
  MemoryFacts facts;
  facts.total_bytes = number_after(meminfo, "MemTotal:").value_or(0) << 10;
  facts.free_bytes = number_after(meminfo, "MemAvailable:").value_or(0) << 10;
  for (const fs::path& group : control_groups(root, "memory")) {
    const auto memory = memory_of(group);
    if (!memory) continue;
    const auto [limit, used] = *memory;
    facts.limit_bytes = std::min(limit, facts.limit_bytes.value_or(limit));
    facts.free_bytes = std::min(facts.free_bytes, limit - std::min(limit, used));
  }
  return facts;
}

DiskFacts disk_facts(const fs::path& folder) {
  std::error_code ignored;
  const fs::space_info space = fs::space(folder, ignored);
  return {.folder = folder,
          .free_bytes = ignored ? 0 : space.available,
          .can_write = ::access(folder.c_str(), W_OK | X_OK) == 0};
}

ProcessLimits process_limits() {
  return {.open_files = limit_of(RLIMIT_NOFILE),
          .file_bytes = limit_of(RLIMIT_FSIZE),
          .address_bytes = limit_of(RLIMIT_AS)};
}

}  // namespace catdog
