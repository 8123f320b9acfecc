// SPDX-License-Identifier: Apache-2.0
// Polite interruption: the first SIGINT, SIGTERM or SIGHUP is noted and seen by the loops that
// look; the second ends the process at once.
#pragma once

namespace catdog {

// Installs the handlers; call once, from main.
void catch_interrupts();

// The signal that asked the process to stop, or 0.
int interrupt_signal();

// Throws Interrupted if a signal asked the process to stop.
void throw_if_interrupted();

// Ends the process by `signal` with its default action, so that a parent sees 128 + signal.
[[noreturn]] void end_by_signal(int signal);

}  // namespace catdog
