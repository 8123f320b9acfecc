// SPDX-License-Identifier: Apache-2.0
#include "catdog/cli/save_schedule.hpp"

#include <spdlog/fmt/fmt.h>

#include <charconv>

#include "catdog/core/text.hpp"

namespace catdog {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

SaveSchedule::SaveSchedule(const std::string& every, const std::string& max_time) {
  const char* end = every.data() + every.size();
  const auto [parsed, error] = std::from_chars(every.data(), end, steps_);
  if (error != std::errc() || parsed != end || steps_ < 0) {
    const std::optional<double> seconds = seconds_of(every);
    if (!seconds) {
      throw ConfigError(fmt::format(
          "--checkpoint-every {}: must be a number of steps, as 200, or a time, as 90s, 5min or 2h",
          every));
    }
    steps_ = 0;
    seconds_ = *seconds;
  }
  if (max_time.empty()) return;
  const std::optional<double> seconds = seconds_of(max_time);
  if (!seconds) {
    throw ConfigError(fmt::format("--max-time {}: must be a time, as 90s, 5min or 2h", max_time));
  }
  max_seconds_ = *seconds;
}

bool SaveSchedule::is_due(int64_t steps_done) const {
  return (steps_ > 0 && steps_done - saved_steps_ >= steps_) ||
         (seconds_ > 0 && seconds_since(saved_at_) >= seconds_);
}

void SaveSchedule::saved(int64_t steps_done) {
  saved_steps_ = steps_done;
  saved_at_ = Clock::now();
}

void SaveSchedule::throw_if_out_of_time() const {
  if (max_seconds_ > 0 && seconds_since(started_) >= max_seconds_) throw OutOfTime();
}

}  // namespace catdog
