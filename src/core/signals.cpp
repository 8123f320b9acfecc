// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/signals.hpp"

#include <csignal>
#include <cstdlib>

#include "catdog/core/error.hpp"

namespace catdog {
namespace {

volatile std::sig_atomic_t received = 0;

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};

void note(int signal) {
  received = signal;
  // The next, whichever it is, takes the default action and ends the process.
  for (const int each : kSignals) std::signal(each, SIG_DFL);
}

}  // namespace

void catch_interrupts() {
  struct sigaction action = {};
  action.sa_handler = note;
  for (const int signal : kSignals) {
    // What the parent had us ignore stays ignored: nohup's hangup, a background job's Ctrl-C.
    struct sigaction before = {};
    sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN) sigaction(signal, &action, nullptr);
  }
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
