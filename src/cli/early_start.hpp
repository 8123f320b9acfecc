// SPDX-License-Identifier: Apache-2.0
// What must be set up before the constructors of the shared libraries, and what main undoes.
#pragma once

namespace catdog {

// Opens /dev/null on the standard streams that are closed, so that no other file gets their numbers
// and none of the program's text ends in it. Reading such a stdin and writing such a stdout fails;
// what is written to such a stderr is lost.
void open_closed_streams();

// An exception that nothing catches, as bad_alloc in a constructor of LibTorch's, ends the process
// with one line on stderr and exit code 1, not with a signal.
void end_on_uncaught_exceptions();

// Where the current folder was removed: changes to / until return_to_removed_folder(). LibTorch's
// MKL cannot find its own file where there is no current folder, and ends the process.
void leave_removed_folder();
void return_to_removed_folder();

}  // namespace catdog
