// SPDX-License-Identifier: Apache-2.0
// What is found in a machine's facts, and that the facts of control groups are read rightly.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "catdog/core/text.hpp"
#include "catdog/doctor/findings.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

// A machine on which there is nothing to remark.
MachineFacts healthy() {
  MachineFacts facts;
  facts.device = "cpu";
  facts.threads = 4;
  facts.libtorch = {.blas = "mkl",
                    .onednn = "3.7",
                    .has_openmp = true,
                    .capability = "AVX512",
                    .capability_asked = ""};
  facts.cores.processors = {.in_machine = 4, .allowed = 4, .quota = {}};
  facts.precision = {.chosen = "bf16", .has_bf16_vectors = true, .has_bf16_matrices = false};
  facts.formats = {{"JPEG", true}, {"PNG", true}};
  facts.memory = {.total_bytes = 8'000'000'000, .free_bytes = 4'000'000'000, .limit_bytes = {}};
  facts.disk = {.folder = "/here", .free_bytes = 10'000'000'000, .can_write = true};
  facts.run_bytes = 188'000'000;
  facts.checkpoint_bytes = 42'000'000;
  facts.limits.open_files = 1024;
  facts.speed = SpeedFacts{.images_per_second = 400, .share = 0.9};
  return facts;
}

// The one finding of a machine that differs from a healthy one in one thing: "stops"/"note", what,
// remedy.
std::string finding_of(const std::function<void(MachineFacts&)>& change) {
  MachineFacts facts = healthy();
  change(facts);
  std::string text;
  for (const HealthFinding& finding : findings_of(facts)) {
    text += (finding.stops_training ? "stops: " : "note: ") + finding.what + " | " + finding.remedy;
  }
  return text;
}

TEST(Findings, AreNoneOnAHealthyMachine) { EXPECT_EQ(findings_of(healthy()).size(), 0u); }

TEST(Findings, NameDecodersWithKnownHoles) {
  CodecLibrary library = {.name = "libwebp",
                          .path = "/opt/lib/libwebp.so.7",
                          .version = "1.2.4",
                          .holes = {"CVE-2023-4863"}};
  EXPECT_EQ(finding_of([&](auto& facts) { facts.codecs = {library}; }),
            "note: libwebp 1.2.4 (/opt/lib/libwebp.so.7) has known holes, through which a crafted "
            "image may take over this process: CVE-2023-4863 | install a newer one, or read no "
            "images of others");
  library.package = "libwebp7";
  library.package_version = "1.2.4-0.2";
  EXPECT_EQ(finding_of([&](auto& facts) { facts.codecs = {library}; }),
            "note: libwebp 1.2.4-0.2 (/opt/lib/libwebp.so.7) has known holes, through which "
            "a crafted image may take over this process: CVE-2023-4863 | apt-get update && apt-get "
            "install --only-upgrade libwebp7");
  library.holes.clear();
  EXPECT_EQ(finding_of([&](auto& facts) { facts.codecs = {library}; }), "");
}

// A library that no distribution maintains is judged by its own version.
TEST(Codecs, OfNoDistributionAreJudgedByTheirOwnVersion) {
  const auto holes = [](const std::string& version, const char* path = "/opt/libwebp.so.7") {
    return known_holes({.name = "libwebp", .path = path, .version = version}, "bookworm");
  };
  const std::vector<std::string> one = {"CVE-2023-4863"}, none;
  for (const char* old : {"1.2.4", "1.3.1", "0.6.1", "1.3"}) EXPECT_EQ(holes(old), one) << old;
  for (const char* fine : {"1.3.2", "1.10.0", "2.0", ""}) EXPECT_EQ(holes(fine), none) << fine;
  // One that a distribution other than Debian maintains may be mended at any version.
  EXPECT_EQ(holes("1.2.4", "/usr/lib64/libwebp.so.7"), none);
}

// A package is judged by its version in its release: an updated one is never remarked on.
TEST(Codecs, OfAPackageAreJudgedByThePackagesVersion) {
  const auto holes = [](const char* version, const char* release) {
    return known_holes({.name = "libwebp",
                        .path = "/usr/lib/x86_64-linux-gnu/libwebp.so.7",
                        .version = "1.2.4",
                        .package = "libwebp7",
                        .package_version = version},
                       release);
  };
  const std::vector<std::string> one = {"CVE-2023-4863"}, none;
  EXPECT_EQ(holes("1.2.4-0.2+deb12u1", "bookworm"), none);
  EXPECT_EQ(holes("1.2.4-0.2+deb12u10", "bookworm"), none);
  EXPECT_EQ(holes("1.2.2-2ubuntu0.22.04.2", "jammy"), none);  // not in the table
  if (std::system("dpkg --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "there is no dpkg";
  EXPECT_EQ(holes("1.2.4-0.2", "bookworm"), one);
}

TEST(Codecs, ThatAreLoadedAreFound) {
  // All that tests link with are LibTorch's and OpenCV's, of which any may have none of its own.
  for (const CodecLibrary& library : codec_libraries()) {
    EXPECT_TRUE(std::filesystem::exists(library.path)) << library.path;
    EXPECT_TRUE(library.name == "libjpeg" || !library.version.empty()) << library.path;
  }
}

TEST(Findings, StopTrainingWhereItCannotWork) {
  EXPECT_EQ(
      finding_of([](auto& facts) { facts.disk.can_write = false; }),
      "stops: nothing can be written in /here, where the runs go | catdog train --runs FOLDER "
      "puts them elsewhere");
  EXPECT_EQ(
      finding_of([](auto& facts) { facts.disk.free_bytes = 187'999'999; }),
      "stops: 187 MB are free on the disk of /here; a run of the default network needs 188 MB "
      "| make room, or catdog train --runs FOLDER puts runs on another disk");
  EXPECT_EQ(finding_of([](auto& facts) { facts.memory.free_bytes = 349'999'999; }),
            "stops: 349 MB of memory are free; training the default network takes 350 MB | end "
            "other programs, or give the container more memory");
  EXPECT_EQ(finding_of([](auto& facts) { facts.limits.file_bytes = 10'000'000; }),
            "stops: files may have 10 MB at most; a checkpoint of the default network has 42 MB | "
            "ulimit -f unlimited");
  EXPECT_EQ(finding_of([](auto& facts) {
              facts.formats = {{"JPEG", false}, {"PNG", false}};
            }),
            "stops: no kind of picture can be read | build catdog on an OpenCV with these codecs, "
            "as Debian's libopencv-imgcodecs-dev");
  EXPECT_EQ(finding_of([](auto& facts) { facts.speed->error = "no kernel image"; }),
            "stops: a training step fails: no kernel image | catdog bench --only step --device cpu "
            "tries it without a GPU");
}

TEST(Findings, AreWorthKnowingWhereItWorksLessWell) {
  EXPECT_EQ(finding_of([](auto& facts) { facts.cores.load = 9.25; }),
            "note: other programs keep the machine busy: load 9.2 on 4 cores | training will be "
            "slower than it could be; end what is not needed");
  EXPECT_EQ(finding_of([](auto& facts) { facts.memory.free_bytes = 600'000'000; }),
            "note: 600 MB of memory are free | catdog train --batch-size 16 --set data.cache=disk "
            "takes less");
  EXPECT_EQ(finding_of([](auto& facts) { facts.limits.open_files = 64; }),
            "note: only 64 files may be open at once | ulimit -n 1024");
  EXPECT_TRUE(finding_of([](auto& facts) {
                facts.limits.address_bytes = 4'000'000'000;
              }).starts_with("note: a process may map 4,000 MB at most"));
  EXPECT_TRUE(finding_of([](auto& facts) {
                facts.formats[1].second = false;
              }).starts_with("note: pictures in PNG cannot be read | "));
  EXPECT_TRUE(finding_of([](auto& facts) {
                facts.libtorch.onednn = "";
              }).starts_with("note: this LibTorch was built without oneDNN"));
  EXPECT_TRUE(finding_of([](auto& facts) {
                facts.libtorch.has_openmp = false;
              }).starts_with("note: this LibTorch was built without OpenMP"));
  EXPECT_TRUE(finding_of([](auto& facts) {
                facts.libtorch.capability_asked = "avx2";
              }).starts_with("note: ATEN_CPU_CAPABILITY=avx2 tells LibTorch"));
}

TEST(Findings, ThatStopTrainingComeFirst) {
  MachineFacts facts = healthy();
  facts.cores.load = 50;
  facts.speed->error = "x";
  const std::vector<HealthFinding> findings = findings_of(facts);
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_TRUE(findings[0].stops_training);
  EXPECT_FALSE(findings[1].stops_training);
}

TEST(Gpu, IsUsedOrItIsSaidWhyNot) {
  GpuFacts gpu;
  EXPECT_EQ(gpu_text(gpu), "not used: this LibTorch is a build for the CPU alone");
  gpu.in_libtorch = true;
  EXPECT_EQ(gpu_text(gpu), "not used: NVIDIA's driver (libcuda.so.1) is not found");
  gpu.has_driver = true;
  EXPECT_EQ(gpu_text(gpu), "not used: the driver lists no device");
  gpu.devices = {{.name = "NVIDIA A", .bytes = 8'000'000'000}};
  gpu.driver_cuda = 12020;
  gpu.libtorch_cuda = 13000;
  EXPECT_EQ(gpu_text(gpu),
            "NVIDIA A (8,000 MB), not used: the driver knows CUDA 12.2, this LibTorch needs 13.0");
  gpu.driver_cuda = 13010;
  EXPECT_EQ(gpu_text(gpu), "NVIDIA A (8,000 MB), not used: LibTorch finds no device");
  gpu.usable = 1;
  EXPECT_EQ(gpu_text(gpu), "NVIDIA A (8,000 MB)");
}

TEST(Gpu, ThatLiesIdleIsAFinding) {
  EXPECT_EQ(finding_of([](auto& facts) { facts.gpu.in_libtorch = true; }), "");  // there is none
  EXPECT_EQ(finding_of([](auto& facts) { facts.gpu.in_machine = true; }),
            "note: the machine has a GPU, but this LibTorch is a build for the CPU alone | "
            "CATDOG_LIBTORCH=FOLDER scripts/build with a CUDA build; docs/building.md");
  EXPECT_EQ(
      finding_of([](auto& facts) { facts.gpu.in_machine = facts.gpu.in_libtorch = true; }),
      "note: the machine has a GPU that cannot be used: not used: NVIDIA's driver "
      "(libcuda.so.1) is not found | install NVIDIA's driver; in a container, pass the GPU in");
}

TEST(Precision, IsExplained) {
  MachineFacts facts = healthy();
  EXPECT_EQ(precision_text(facts), "bf16: the processor multiplies vectors of bf16 (AVX-512-BF16)");
  facts.precision.has_bf16_matrices = true;
  EXPECT_EQ(precision_text(facts), "bf16: the processor multiplies matrices of bf16 (AMX)");
  facts.precision = {.chosen = "fp32", .has_bf16_vectors = false, .has_bf16_matrices = false};
  EXPECT_EQ(precision_text(facts), "fp32: the processor has no instructions that multiply bf16");
  facts.libtorch.capability_asked = "avx2";
  EXPECT_EQ(precision_text(facts), "fp32: ATEN_CPU_CAPABILITY keeps LibTorch from more");
  facts.device = "cuda";
  EXPECT_EQ(precision_text(facts), "fp32: the GPU has no bf16");
}

// A machine's /proc and /sys, as far as they are read.
class Machine {
 public:
  Machine() {
    write("proc/meminfo", "MemTotal:       8000000 kB\nMemAvailable:   4000000 kB\n");
    write("proc/cpuinfo",
          "processor\t: 0\nmodel name\t: A Processor 9\nflags\t\t: fpu avx2 avx512f avx512_bf16\n");
  }
  void write(const std::string& file, const std::string& text) const {
    test::write_text(folder_ / file, text);
  }
  const std::filesystem::path& root() const { return folder_.path(); }

 private:
  test::TempFolder folder_;
};

TEST(Limits, OfVersion2AreTheTightestOfAllGroups) {
  const Machine machine;
  machine.write("proc/self/cgroup", "0::/outer/inner\n");
  machine.write("sys/fs/cgroup/outer/inner/cpu.max", "max 100000\n");
  machine.write("sys/fs/cgroup/outer/cpu.max", "150000 100000\n");
  machine.write("sys/fs/cgroup/outer/inner/memory.max", "1000000000\n");
  machine.write("sys/fs/cgroup/outer/inner/memory.current", "700000000\n");
  machine.write("sys/fs/cgroup/outer/inner/memory.stat", "anon 5\ninactive_file 100000000\n");
  machine.write("sys/fs/cgroup/outer/memory.max", "max\n");
  const CoreFacts cores = core_facts(machine.root());
  EXPECT_EQ(cores.processors.quota, 1.5);
  EXPECT_LE(cores.processors.usable(), 2);
  EXPECT_EQ(cores.name, "A Processor 9");
  EXPECT_EQ(join_and(cores.has), "AVX2, AVX-512 and AVX-512-BF16");
  const MemoryFacts memory = memory_facts(machine.root());
  EXPECT_EQ(memory.limit_bytes, 1'000'000'000u);
  EXPECT_EQ(memory.free_bytes, 400'000'000u);
  EXPECT_EQ(memory.total_bytes, 8'192'000'000u);
}

TEST(Limits, OfVersion1AreThoseOfTheControllersGroups) {
  const Machine machine;
  machine.write("proc/self/cgroup", "5:memory:/box\n4:cpu,cpuacct:/box\n3:cpuset:/\n");
  // In a container the group's own folder is not seen: its place is the top.
  machine.write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "50000\n");
  machine.write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  machine.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "2000000000\n");
  machine.write("sys/fs/cgroup/memory/memory.usage_in_bytes", "1500000000\n");
  machine.write("sys/fs/cgroup/memory/memory.stat",
                "inactive_file 1\ntotal_inactive_file 200000000\n");
  EXPECT_EQ(core_facts(machine.root()).processors.quota, 0.5);
  EXPECT_EQ(memory_facts(machine.root()).free_bytes, 700'000'000u);
}

TEST(Processors, AreThoseOfTheMaskAtMostTheQuotaRoundedUp) {
  const auto usable = [](int allowed, std::optional<double> quota) {
    return Processors{.in_machine = 64, .allowed = allowed, .quota = quota}.usable();
  };
  EXPECT_EQ(usable(8, std::nullopt), 8);
  EXPECT_EQ(usable(8, 16), 8);
  EXPECT_EQ(usable(8, 3), 3);
  EXPECT_EQ(usable(8, 2.1), 3);
  EXPECT_EQ(usable(8, 0.2), 1);
  EXPECT_EQ(usable(1, 1e30), 1);
}

TEST(Limits, AreNoneWhereNothingIsSaid) {
  const Machine machine;
  machine.write("proc/self/cgroup", "5:memory:/box\n4:cpu:/\n");
  machine.write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
  machine.write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  machine.write("sys/fs/cgroup/memory/box/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(core_facts(machine.root()).processors.quota, std::nullopt);
  EXPECT_EQ(memory_facts(machine.root()).limit_bytes, std::nullopt);
  EXPECT_EQ(memory_facts(machine.root()).free_bytes, 4'096'000'000u);
}

}  // namespace
}  // namespace catdog
