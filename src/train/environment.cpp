// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/environment.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <opencv2/core/utility.hpp>

#include "catdog/core/error.hpp"
#include "catdog/core/processors.hpp"
#include "catdog/core/text.hpp"
#include "catdog/train/gpu.hpp"
#include "catdog/version.hpp"

namespace catdog {
namespace {

// The processor's name as Linux knows it.
std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

}  // namespace

torch::Device choose_device(const std::string& name) {
  if (name == "cpu") return torch::kCPU;
  if (name == "auto") return torch::cuda::is_available() ? torch::kCUDA : torch::kCPU;
  int index = -1;
  bool known = name == "cuda";
  if (name.starts_with("cuda:")) {
    const char* end = name.data() + name.size();
    const auto parsed = std::from_chars(name.data() + 5, end, index);
    known = parsed.ec == std::errc() && parsed.ptr == end && index >= 0;
  }
  if (!known) {
    throw ConfigError(fmt::format("device \"{}\": must be auto, cpu, cuda or cuda:N", name) +
                      did_you_mean(name, {"auto", "cpu", "cuda"}));
  }
  const auto count = static_cast<int>(torch::cuda::device_count());
  if (count == 0) {
    throw ConfigError(
        fmt::format("device \"{}\": this LibTorch finds no CUDA device: use --device cpu", name));
  }
  if (index >= count) {
    throw ConfigError(fmt::format("device \"{}\": there are {} CUDA devices, from 0", name, count));
  }
  return index < 0 ? torch::Device(torch::kCUDA)
                   : torch::Device(torch::kCUDA, static_cast<c10::DeviceIndex>(index));
}

OwnStream::OwnStream(torch::Device device) {
  if (device.is_cpu()) return;
  const c10::impl::VirtualGuardImpl backend(device.type());
  guard_.reset_stream(backend.getStreamFromGlobalPool(device));
}

void use_threads(int threads) {
  torch::set_num_threads(threads == 0 ? usable_cores() : threads);
}

void use_exact_arithmetic(bool deterministic) {
  at::Context& context = at::globalContext();
  if (deterministic) {
    // Without a workspace of fixed size cuBLAS may sum in another order: cuBLAS Library, "Results
    // Reproducibility".
    setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", /*overwrite=*/0);
  }
  context.setDeterministicAlgorithms(deterministic, /*warn_only=*/false);
  context.setDeterministicCuDNN(true);
  context.setBenchmarkCuDNN(false);
  context.setAllowTF32CuDNN(false);
  context.setAllowTF32CuBLAS(false);
}

Json versions() {
  return {{"catdog", kVersion},
          {"commit", kCommit},
          {"libtorch", TORCH_VERSION},
          {"opencv", cv::getVersionString()},
          {"compiler", kCompiler}};
}

Json environment(torch::Device device, Precision precision) {
  Json json = versions();
  json["device"] = device.str();
  if (device.is_cuda()) {
    const auto index = static_cast<size_t>(std::max<int>(device.index(), 0));
    const std::vector<Gpu> gpus = gpu_facts().devices;
    if (index < gpus.size()) json["gpu"] = gpus[index].name;
  }
  json["processor"] = processor();
  json["instruction_set"] = at::get_cpu_capability();
  json["cores"] = usable_cores();
  json["threads"] = torch::get_num_threads();
  json["precision"] = name_of(precision);
  return json;
}

}  // namespace catdog
