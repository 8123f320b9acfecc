// SPDX-License-Identifier: Apache-2.0
// Everything that decides whether and how fast training works here. Gathered in one place; what is
// to be thought of it is in findings.hpp.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catdog/core/options.hpp"
#include "catdog/doctor/codecs.hpp"
#include "catdog/doctor/limits.hpp"
#include "catdog/train/gpu.hpp"

namespace catdog {

struct LibTorchFacts {
  std::string blas;              // "mkl", "open", …; empty: not known
  std::string onednn;            // its version; empty: built without
  bool has_openmp = false;       // without it, it computes on one thread
  std::string capability;        // the instruction set that its own loops use, as "AVX512"
  std::string capability_asked;  // what the environment variable ATEN_CPU_CAPABILITY asks for
};

struct PrecisionFacts {
  std::string chosen;              // by auto: "fp32" or "bf16"
  bool has_bf16_vectors = false;   // AVX-512-BF16, as far as LibTorch may use AVX-512
  bool has_bf16_matrices = false;  // AMX
};

struct SpeedFacts {
  double images_per_second = 0;  // of the default network's training steps
  std::optional<double> share;   // of the machine's best convolution or product; none: not measured
  std::string error = "";        // why a step does not work; empty: it does
};

struct MachineFacts {
  Json versions;
  std::string device;  // that auto chooses: "cpu" or "cuda"
  int threads = 0;     // of LibTorch
  LibTorchFacts libtorch;
  CoreFacts cores;
  PrecisionFacts precision;
  GpuFacts gpu;
  std::vector<std::pair<std::string, bool>> formats;  // of pictures, and whether they can be read
  std::vector<CodecLibrary> codecs;                   // that decode them
  MemoryFacts memory;
  DiskFacts disk;
  uint64_t run_bytes = 0;         // on the disk, that a run of the default network needs at most
  uint64_t checkpoint_bytes = 0;  // its largest file, at most
  ProcessLimits limits;
  std::optional<SpeedFacts> speed;  // none: not asked for
};

// Takes about two seconds `with_speed`. Sets LibTorch's threads, as training does.
MachineFacts gather_facts(bool with_speed);

}  // namespace catdog
