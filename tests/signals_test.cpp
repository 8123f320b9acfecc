// SPDX-License-Identifier: Apache-2.0
// Each in a child process: what a signal does to the whole of one.
#include "catdog/core/signals.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::well_in_child;

// The signal that ended a child that did `action`; 0 if it came to its end.
template <typename Action>
int ended_by(Action&& action) {
  const pid_t child = ::fork();
  if (child == 0) {
    action();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

TEST(Signals, TheFirstIsNotedAndTheSecondEnds) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    EXPECT_TRUE(well_in_child([&] {
      catch_interrupts();
      if (interrupt_signal() != 0) return false;
      std::raise(signal);
      try {
        throw_if_interrupted();
      } catch (const Interrupted& interrupted) {
        return interrupted.signal == signal && interrupt_signal() == signal;
      }
      return false;
    })) << signal;
    EXPECT_EQ(ended_by([&] {
                catch_interrupts();
                std::raise(signal);
                std::raise(SIGTERM);
              }),
              SIGTERM);
  }
}

// A shell passes the hangup of its terminal on, and when it ends, the kernel sends one more.
TEST(Signals, ASecondHangupIsPartOfTheFirst) {
  for (const int first : {SIGINT, SIGTERM, SIGHUP}) {
    EXPECT_TRUE(well_in_child([&] {
      catch_interrupts();
      std::raise(first);
      std::raise(SIGHUP);
      std::raise(SIGHUP);
      return interrupt_signal() == first;
    })) << first;
  }
  EXPECT_EQ(ended_by([] {
              catch_interrupts();
              std::raise(SIGHUP);
              std::raise(SIGHUP);
              std::raise(SIGINT);
            }),
            SIGINT);
}

TEST(Signals, WhatTheParentIgnoresStaysIgnored) {
  EXPECT_TRUE(well_in_child([] {
    std::signal(SIGHUP, SIG_IGN);
    catch_interrupts();
    std::raise(SIGHUP);
    if (interrupt_signal() != 0) return false;
    std::raise(SIGINT);
    std::raise(SIGHUP);  // also after the first interrupt
    return interrupt_signal() == SIGINT;
  }));
}

TEST(Signals, ARequestToSaveIsTakenOnce) {
  EXPECT_TRUE(well_in_child([] {
    catch_save_requests();
    std::raise(SIGUSR1);
    return save_requested() && take_save_request() && !save_requested() && !take_save_request() &&
           interrupt_signal() == 0;
  }));
  EXPECT_EQ(ended_by([] {
              catch_interrupts();
              std::raise(SIGUSR1);
            }),
            SIGUSR1);
}

TEST(Signals, AClosedPipeAndALimitOnFilesAreErrorsOfTheWrite) {
  const test::TempFolder folder;
  EXPECT_TRUE(well_in_child([&] {
    std::signal(SIGPIPE, SIG_DFL);
    std::signal(SIGXFSZ, SIG_DFL);
    catch_interrupts();
    int ends[2];
    if (::pipe(ends) != 0) return false;
    ::close(ends[0]);
    if (::write(ends[1], "x", 1) != -1 || errno != EPIPE) return false;
    const rlimit limit = {.rlim_cur = 1000, .rlim_max = 1000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const fs::path file = folder / "f";
    write_file_atomically(file, std::string(1000, 'a'));
    try {
      write_file_atomically(file, std::string(1001, 'b'));
    } catch (const Error& error) {
      return error.what() == "cannot write " + file.string() + ": File too large" &&
             test::read_text(file) == std::string(1000, 'a');
    }
    return false;
  }));
}

}  // namespace
}  // namespace catdog
