// SPDX-License-Identifier: Apache-2.0
// When a run saves between the ends of its epochs, and when its time is over.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "catdog/core/error.hpp"

namespace catdog {

// The time that --max-time gave is over.
struct OutOfTime : Error {
  OutOfTime() : Error("--max-time is over before the last epoch", ExitCode::unfinished) {}
};

class SaveSchedule {
 public:
  // `every`: steps, as "200", or a time, as "90s", "5min" or "2h"; "0": never. `max_time`: a time;
  // empty: without end. The clock starts now. Throws ConfigError.
  SaveSchedule(const std::string& every, const std::string& max_time);

  // Whether it is time to save, that many steps after the beginning of the run.
  bool is_due(int64_t steps_done) const;
  void saved(int64_t steps_done);

  void throw_if_out_of_time() const;

 private:
  using Clock = std::chrono::steady_clock;

  int64_t steps_ = 0;       // 0: not by steps
  double seconds_ = 0;      // 0: not by time
  double max_seconds_ = 0;  // 0: without end
  const Clock::time_point started_ = Clock::now();
  Clock::time_point saved_at_ = started_;
  int64_t saved_steps_ = 0;
};

}  // namespace catdog
