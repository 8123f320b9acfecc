// SPDX-License-Identifier: Apache-2.0
#include "catdog/doctor/findings.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "catdog/core/files.hpp"
#include "catdog/core/text.hpp"

namespace catdog {
namespace {

constexpr uint64_t kMegabyte = 1'000'000;
// LibTorch, the default network and its batches took 342 MB at their peak (docs/benchmarks.md).
constexpr uint64_t kNeededMemory = 350 * kMegabyte;
// With some thousand decoded pictures, and something for other programs.
constexpr uint64_t kEasyMemory = 1000 * kMegabyte;
// Worker threads have a file open each; LibTorch and the runs a few dozen.
constexpr uint64_t kFewFiles = 256;

class Findings {
 public:
  void stops(const std::string& what, const std::string& remedy) { add(true, what, remedy); }
  void note(const std::string& what, const std::string& remedy) { add(false, what, remedy); }

  std::vector<HealthFinding> sorted() {
    std::stable_partition(findings_.begin(), findings_.end(),
                          [](const HealthFinding& finding) { return finding.stops_training; });
    return std::move(findings_);
  }

 private:
  void add(bool stops_training, const std::string& what, const std::string& remedy) {
    findings_.push_back({stops_training, what, remedy});
  }

  std::vector<HealthFinding> findings_;
};

// 12080 → "12.8"
std::string cuda_version(int version) {
  return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

std::string megabytes(uint64_t bytes) {
  return with_thousands(static_cast<int64_t>(bytes / kMegabyte)) + " MB";
}

void look_at_formats(const MachineFacts& facts, Findings& findings) {
  std::vector<std::string> missing;
  bool has_jpeg = false, has_any = false;
  for (const auto& [name, can_read] : facts.formats) {
    if (!can_read) missing.push_back(name);
    has_any = has_any || can_read;
    has_jpeg = has_jpeg || (can_read && name == "JPEG");
  }
  const std::string remedy =
      "build catdog on an OpenCV with these codecs, as Debian's libopencv-imgcodecs-dev";
  if (!has_any) {
    findings.stops("no kind of picture can be read", remedy);
  } else if (!missing.empty()) {
    findings.note(fmt::format("pictures in {} cannot be read", join_and(missing)), remedy);
  }
}

void look_at_codecs(const MachineFacts& facts, Findings& findings) {
  for (const CodecLibrary& library : facts.codecs) {
    if (library.holes.empty()) continue;
    const bool packaged = !library.package.empty();
    findings.note(
        fmt::format("{} {} ({}) has known holes, through which a crafted image may take over this "
                    "process: {}",
                    library.name, packaged ? library.package_version : library.version,
                    shown(library.path), join_and(library.holes)),
        packaged ? fmt::format("apt-get update && apt-get install --only-upgrade {}",
                               library.package)
                 : "install a newer one, or read no images of others");
  }
}

void look_at_disk(const MachineFacts& facts, Findings& findings) {
  const std::string folder = shown(facts.disk.folder);
  if (!facts.disk.can_write) {
    findings.stops(fmt::format("nothing can be written in {}, where the runs go", folder),
                   "catdog train --runs FOLDER puts them elsewhere");
  } else if (facts.disk.free_bytes < facts.run_bytes) {
    findings.stops(
        fmt::format("{} are free on the disk of {}; a run of the default network needs {}",
                    megabytes(facts.disk.free_bytes), folder, megabytes(facts.run_bytes)),
        "make room, or catdog train --runs FOLDER puts runs on another disk");
  }
}

void look_at_memory(const MachineFacts& facts, Findings& findings) {
  if (facts.memory.free_bytes >= kEasyMemory) return;
  const std::string what = fmt::format("{} of memory are free", megabytes(facts.memory.free_bytes));
  if (facts.memory.free_bytes < kNeededMemory) {
    findings.stops(
        fmt::format("{}; training the default network takes {}", what, megabytes(kNeededMemory)),
        "end other programs, or give the container more memory");
  } else {
    findings.note(what, "catdog train --batch-size 16 --set data.cache=disk takes less");
  }
}

void look_at_limits(const MachineFacts& facts, Findings& findings) {
  const ProcessLimits& limits = facts.limits;
  if (limits.file_bytes && *limits.file_bytes < facts.checkpoint_bytes) {
    findings.stops(
        fmt::format("files may have {} at most; a checkpoint of the default network has {}",
                    megabytes(*limits.file_bytes), megabytes(facts.checkpoint_bytes)),
        "ulimit -f unlimited");
  }
  if (limits.open_files && *limits.open_files < kFewFiles) {
    findings.note(fmt::format("only {} files may be open at once", *limits.open_files),
                  "ulimit -n 1024");
  }
  if (limits.address_bytes) {
    findings.note(fmt::format("a process may map {} at most, which LibTorch may need for itself",
                              megabytes(*limits.address_bytes)),
                  "ulimit -v unlimited");
  }
}

void look_at_cores(const MachineFacts& facts, Findings& findings) {
  const CoreFacts& cores = facts.cores;
  // What other programs take; a process that runs or waits counts 1.
  if (cores.load > cores.processors.in_machine + 0.5) {
    findings.note(fmt::format("other programs keep the machine busy: load {:.1f} on {} cores",
                              cores.load, cores.processors.in_machine),
                  "training will be slower than it could be; end what is not needed");
  }
}

void look_at_libtorch(const MachineFacts& facts, Findings& findings) {
  const LibTorchFacts& libtorch = facts.libtorch;
  const std::string remedy = "scripts/setup brings a LibTorch that has it; then scripts/build";
  if (libtorch.onednn.empty()) {
    findings.note("this LibTorch was built without oneDNN: convolutions are slow", remedy);
  }
  if (!libtorch.has_openmp) {
    findings.note("this LibTorch was built without OpenMP: it computes on one core", remedy);
  }
  if (!libtorch.capability_asked.empty()) {
    findings.note(fmt::format("ATEN_CPU_CAPABILITY={} tells LibTorch which instructions to use",
                              libtorch.capability_asked),
                  "unset ATEN_CPU_CAPABILITY, unless that is meant");
  }
}

void look_at_gpu(const GpuFacts& gpu, Findings& findings) {
  if (!gpu.in_machine) return;
  if (!gpu.in_libtorch) {
    findings.note("the machine has a GPU, but this LibTorch is a build for the CPU alone",
                  "CATDOG_LIBTORCH=FOLDER scripts/build with a CUDA build; docs/building.md");
  } else if (gpu.usable == 0) {
    findings.note("the machine has a GPU that cannot be used: " + gpu_text(gpu),
                  gpu.has_driver ? "nvidia-smi tells how the driver is"
                                 : "install NVIDIA's driver; in a container, pass the GPU in");
  }
}

void look_at_speed(const MachineFacts& facts, Findings& findings) {
  if (facts.speed && !facts.speed->error.empty()) {
    findings.stops("a training step fails: " + facts.speed->error,
                   "catdog bench --only step --device cpu tries it without a GPU");
  }
}

}  // namespace

std::vector<HealthFinding> findings_of(const MachineFacts& facts) {
  Findings findings;
  look_at_formats(facts, findings);
  look_at_codecs(facts, findings);
  look_at_disk(facts, findings);
  look_at_memory(facts, findings);
  look_at_limits(facts, findings);
  look_at_cores(facts, findings);
  look_at_libtorch(facts, findings);
  look_at_gpu(facts.gpu, findings);
  look_at_speed(facts, findings);
  return findings.sorted();
}

std::string precision_text(const MachineFacts& facts) {
  const PrecisionFacts& precision = facts.precision;
  std::string why;
  if (facts.device != "cpu") {
    why = precision.chosen == "bf16" ? "the GPU computes with bf16" : "the GPU has no bf16";
  } else if (precision.has_bf16_matrices) {
    why = "the processor multiplies matrices of bf16 (AMX)";
  } else if (precision.has_bf16_vectors) {
    why = "the processor multiplies vectors of bf16 (AVX-512-BF16)";
  } else if (!facts.libtorch.capability_asked.empty()) {
    why = "ATEN_CPU_CAPABILITY keeps LibTorch from more";
  } else {
    why = "the processor has no instructions that multiply bf16";
  }
  return precision.chosen + ": " + why;
}

std::string gpu_text(const GpuFacts& gpu) {
  if (!gpu.in_libtorch) return "not used: this LibTorch is a build for the CPU alone";
  if (!gpu.has_driver) return "not used: NVIDIA's driver (libcuda.so.1) is not found";
  if (gpu.devices.empty()) return "not used: the driver lists no device";
  std::vector<std::string> names;
  for (const Gpu& device : gpu.devices) {
    names.push_back(fmt::format("{} ({})", device.name, megabytes(device.bytes)));
  }
  if (gpu.usable > 0) return join_and(names);
  if (gpu.driver_cuda < gpu.libtorch_cuda) {
    return fmt::format("{}, not used: the driver knows CUDA {}, this LibTorch needs {}",
                       join_and(names), cuda_version(gpu.driver_cuda),
                       cuda_version(gpu.libtorch_cuda));
  }
  return join_and(names) + ", not used: LibTorch finds no device";
}

}  // namespace catdog
