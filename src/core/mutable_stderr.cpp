// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/mutable_stderr.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <iostream>
#include <streambuf>

namespace catdog {
namespace {

thread_local int muted_depth = 0;

// For fopencookie: returns the bytes written, 0 after a failure.
ssize_t write_unless_muted(void*, const char* bytes, size_t size) {
  if (muted_depth > 0) return static_cast<ssize_t>(size);
  size_t done = 0;
  while (done < size) {
    const ssize_t written = ::write(STDERR_FILENO, bytes + done, size - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return 0;
    done += static_cast<size_t>(written);
  }
  return static_cast<ssize_t>(size);
}

// Passes std::cerr's text to the C library's `stderr`, as its own buffer does.
class StderrBuffer : public std::streambuf {
 protected:
  int_type overflow(int_type c) override {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    return std::fputc(c, stderr) == EOF ? traits_type::eof() : c;
  }
  std::streamsize xsputn(const char* text, std::streamsize size) override {
    return static_cast<std::streamsize>(
        std::fwrite(text, 1, static_cast<size_t>(size), stderr));
  }
};

}  // namespace

void make_stderr_mutable() {
  std::FILE* stream = ::fopencookie(nullptr, "w", {.read = nullptr,
                                                   .write = write_unless_muted,
                                                   .seek = nullptr,
                                                   .close = nullptr});
  if (stream == nullptr) return;  // no memory: the libraries' lines are shown
  std::setvbuf(stream, nullptr, _IONBF, 0);
  stderr = stream;
  static StderrBuffer buffer;
  std::cerr.rdbuf(&buffer);
  std::clog.rdbuf(&buffer);
}

MutedStderr::MutedStderr() { ++muted_depth; }
MutedStderr::~MutedStderr() { --muted_depth; }

}  // namespace catdog
