// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/signals.hpp"

#include <csignal>
#include <cstdlib>

#include "catdog/core/error.hpp"

namespace catdog {
namespace {

volatile std::sig_atomic_t received = 0;
volatile std::sig_atomic_t asked_to_save = 0;

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
constexpr int kEndingSignals[] = {SIGINT, SIGTERM};

bool has_handler(int signal, void (*handler)(int)) {
  struct sigaction now = {};
  return sigaction(signal, nullptr, &now) == 0 && now.sa_handler == handler;
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(signal, &action, nullptr);
}

void note(int signal) {
  if (received == 0) received = signal;
  // The next takes the default action and ends the process; what was ignored from the start stays
  // ignored. Not so a hangup: one closed terminal sends two, the shell's and then the kernel's.
  for (const int each : kEndingSignals) {
    if (has_handler(each, note)) handle(each, SIG_DFL);
  }
}

void note_save_request(int) { asked_to_save = 1; }

}  // namespace

void catch_interrupts() {
  for (const int signal : kSignals) {
    // What the parent had us ignore stays ignored: nohup's hangup, a background job's Ctrl-C.
    if (!has_handler(signal, SIG_IGN)) handle(signal, note);
  }
  handle(SIGPIPE, SIG_IGN);
  handle(SIGXFSZ, SIG_IGN);
}

void catch_save_requests() { handle(SIGUSR1, note_save_request); }

int interrupt_signal() { return received; }

void throw_if_interrupted() {
  if (received != 0) throw Interrupted(received);
}

bool save_requested() { return asked_to_save != 0; }

bool take_save_request() {
  const bool asked = asked_to_save != 0;
  asked_to_save = 0;
  return asked;
}

void end_by_signal(int signal) {
  std::signal(signal, SIG_DFL);
  std::raise(signal);
  std::_Exit(128 + signal);  // the signal is blocked or ignored: end with its code all the same
}

}  // namespace catdog
