// SPDX-License-Identifier: Apache-2.0
// One line on a terminal that says how far a loop is, and nothing where stderr is no terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace catdog {

class ProgressBar {
 public:
  ProgressBar();
  ~ProgressBar() { clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // Draws at most ten times a second. Time left is estimated from `done` since start().
  void show(const std::string& label, int64_t done, int64_t total, const std::string& note);
  // Restarts the clock.
  void start();
  // Wipes the line, so that others may print.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  bool enabled_;
  bool drawn_ = false;
  Clock::time_point started_, last_drawn_;
};

}  // namespace catdog
