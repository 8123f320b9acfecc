// SPDX-License-Identifier: Apache-2.0
// Keeps image libraries (libpng, libtiff, OpenCV) from writing to stderr: their lines do not name
// the file, and the command reports each damaged file itself.
#pragma once

namespace catdog {

// Puts streams that MutedStderr can mute in place of the C library's `stderr` and of std::cerr's
// and std::clog's buffers. They are unbuffered and write to file descriptor 2. Called once, first in
// main, before another thread starts or a logger keeps `stderr`.
void make_stderr_mutable();

// While one lives, what its thread writes to stderr is dropped. Other threads are not affected.
class MutedStderr {
 public:
  MutedStderr();
  ~MutedStderr();
  MutedStderr(const MutedStderr&) = delete;
  MutedStderr& operator=(const MutedStderr&) = delete;
};

}  // namespace catdog
