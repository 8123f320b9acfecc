// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/signals.hpp"

#include <csignal>
#include <cstdlib>

#include "catdog/core/error.hpp"

namespace catdog {
namespace {

volatile std::sig_atomic_t received = 0;

void note(int signal) { received = signal; }

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = note;
  // SA_RESETHAND: the second signal takes the default action and ends the process.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
}

int interrupt_signal() { return received; }

void throw_if_interrupted() {
  if (received != 0) throw Interrupted(received);
}

void end_by_signal(int signal) {
  std::signal(signal, SIG_DFL);
  std::raise(signal);
  std::_Exit(128 + signal);  // the signal is blocked or ignored: end with its code all the same
}

}  // namespace catdog
