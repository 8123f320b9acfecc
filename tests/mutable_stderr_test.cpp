// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/mutable_stderr.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <thread>

#include "catdog/core/files.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

TEST(MutedStderr, DropsWhatItsThreadWritesAndNothingElse) {
  const test::TempFolder folder;
  const fs::path file = folder / "stderr";
  EXPECT_TRUE(test::well_in_child([&] {
    ::dup2(::open(file.c_str(), O_WRONLY | O_CREAT, 0600), STDERR_FILENO);
    make_stderr_mutable();
    std::fprintf(stderr, "%s ", "one");
    std::cerr << "two " << 3 << ' ';
    {
      const MutedStderr muted;
      std::fprintf(stderr, "libpng warning: x\n");
      std::cerr << "imdecode_: " << 4 << std::endl;
      std::clog << "y" << std::flush;
      { const MutedStderr twice; }
      std::fputs("z", stderr);
      std::thread([] {
        std::fprintf(stderr, "other ");
        std::cerr << "thread ";
      }).join();
    }
    std::clog << "five " << std::flush;
    std::fprintf(stderr, "six\n");
    return true;
  }));
  EXPECT_EQ(read_file(file), "one two 3 other thread five six\n");
}

// As the run that goes on after its terminal or pipe is gone.
TEST(MutedStderr, AFailedWriteIsAnErrorOfTheStreamAndNoMore) {
  EXPECT_TRUE(test::well_in_child([] {
    make_stderr_mutable();
    ::close(STDERR_FILENO);
    return std::fputs("lost", stderr) == EOF && std::ferror(stderr) != 0;
  }));
}

}  // namespace
}  // namespace catdog
