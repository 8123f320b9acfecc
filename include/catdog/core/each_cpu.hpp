// SPDX-License-Identifier: Apache-2.0
// CATDOG_FOR_EACH_CPU before a function: one copy of it for each kind of processor, the best chosen
// when the program starts. For plain loops that the compiler turns into vector instructions. Not
// under GCC's thread sanitizer: what chooses runs before the sanitizer is ready, and crashes.
#pragma once

#if !defined(__SANITIZE_THREAD__) && defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__)
#define CATDOG_FOR_EACH_CPU \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CATDOG_FOR_EACH_CPU
#endif
