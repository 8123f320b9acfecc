// SPDX-License-Identifier: Apache-2.0
// Polite interruption: the first SIGINT, SIGTERM or SIGHUP is noted and seen by the loops that
// look; a SIGINT or SIGTERM after it ends the process at once. SIGUSR1 asks a run to save and go
// on.
#pragma once

namespace catdog {

// Installs the handlers; call once, from main. A closed pipe or a limit on file sizes becomes an
// error of the write that meets it, and no longer ends the process.
void catch_interrupts();

// From here on SIGUSR1 is noted; before, it ends the process.
void catch_save_requests();

// The signal that asked the process to stop, or 0.
int interrupt_signal();

// Throws Interrupted if a signal asked the process to stop.
void throw_if_interrupted();

// Whether SIGUSR1 came; take_save_request() forgets it.
bool save_requested();
bool take_save_request();

// Ends the process by `signal` with its default action, so that a parent sees 128 + signal.
[[noreturn]] void end_by_signal(int signal);

}  // namespace catdog
