// SPDX-License-Identifier: Apache-2.0
#include "catdog/cli/progress_bar.hpp"

#include <spdlog/fmt/fmt.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "catdog/core/display_text.hpp"
#include "catdog/core/text.hpp"

namespace catdog {
namespace {

constexpr int64_t kWidth = 20;  // characters of the bar itself
constexpr auto kPause = std::chrono::milliseconds(100);

bool is_capable_terminal() {
  const char* terminal = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 && terminal != nullptr &&
         std::string_view(terminal) != "dumb";
}

size_t terminal_width() {
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return known ? size.ws_col : 80;
}

// A terminal that is gone is no error: the work goes on.
void write(const std::string& text) {
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace

ProgressBar::ProgressBar() : enabled_(is_capable_terminal()) { start(); }

void ProgressBar::start() { started_ = Clock::now(); }

void ProgressBar::show(const std::string& label, int64_t done, int64_t total,
                       const std::string& note) {
  const auto now = Clock::now();
  if (!enabled_ || (drawn_ && now - last_drawn_ < kPause)) return;
  drawn_ = true;
  last_drawn_ = now;
  const double seconds = std::chrono::duration<double>(now - started_).count();
  const double each = seconds / static_cast<double>(std::max<int64_t>(done, 1));
  const std::string left =
      done == 0 ? "" : duration(each * static_cast<double>(total - done)) + " left, ";
  const auto filled = static_cast<size_t>(kWidth * done / total);
  const std::string line = fmt::format("{} [{:=<{}}{:.<{}}] {}/{}  {}{}", shown(label), "", filled,
                                       "", kWidth - filled, done, total, left, shown(note));
  // A line that wraps could not be overwritten.
  write("\r\033[K" + line.substr(0, terminal_width() - 1));
}

void ProgressBar::clear() {
  if (!drawn_) return;
  write("\r\033[K");
  drawn_ = false;
}

}  // namespace catdog
