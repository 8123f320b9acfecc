// SPDX-License-Identifier: Apache-2.0
// NVIDIA's GPUs, as the machine has them and as this LibTorch can use them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace catdog {

struct Gpu {
  std::string name;
  uint64_t bytes;  // of memory
};

struct GpuFacts {
  bool in_libtorch = false;  // this LibTorch is a build for CUDA
  bool in_machine = false;   // there is a card, whether it can be used or not
  bool has_driver = false;   // NVIDIA's libcuda.so.1
  int driver_cuda = 0;       // the newest CUDA that the driver knows, as 12080 for 12.8
  int libtorch_cuda = 0;     // the CUDA that LibTorch was built with; 0: none, or not known
  int usable = 0;            // devices that LibTorch can use
  std::vector<Gpu> devices;  // that the driver lists
};

GpuFacts gpu_facts();

}  // namespace catdog
