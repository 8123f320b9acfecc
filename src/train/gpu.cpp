// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/gpu.hpp"

#include <ATen/Context.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <dlfcn.h>
#include <torch/cuda.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <memory>

namespace catdog {
namespace fs = std::filesystem;
namespace {

// Whether a card of NVIDIA's (0x10de) that draws or computes (class 0x03) is on the PCI bus.
bool has_card() {
  std::error_code error;
  for (fs::directory_iterator entry("/sys/bus/pci/devices", error), end; !error && entry != end;
       entry.increment(error)) {
    std::string vendor, kind;
    std::ifstream(entry->path() / "vendor") >> vendor;
    std::ifstream(entry->path() / "class") >> kind;
    if (vendor == "0x10de" && kind.starts_with("0x03")) return true;
  }
  return false;
}

// CUDA's driver API, of which the few functions here are called without its headers: they have been
// the same since CUDA 3.2, and 0 is success.
class Driver {
 public:
  Driver() : library_(::dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL), &close) {}

  bool is_there() const { return library_ != nullptr; }

  int version() const {
    int version = 0;
    call<int(int*)>("cuDriverGetVersion", &version);
    return version;
  }

  std::vector<Gpu> devices() const {
    std::vector<Gpu> found;
    int count = 0;
    if (!call<int(unsigned)>("cuInit", 0u) || !call<int(int*)>("cuDeviceGetCount", &count))
      return {};
    for (int ordinal = 0; ordinal < count; ++ordinal) {
      int device = 0;
      std::array<char, 256> name{};
      size_t bytes = 0;
      if (!call<int(int*, int)>("cuDeviceGet", &device, ordinal)) continue;
      call<int(char*, int, int)>("cuDeviceGetName", name.data(), static_cast<int>(name.size() - 1),
                                 device);
      call<int(size_t*, int)>("cuDeviceTotalMem_v2", &bytes, device);
      found.push_back({.name = name.data(), .bytes = bytes});
    }
    return found;
  }

 private:
  static void close(void* library) {
    if (library != nullptr) ::dlclose(library);
  }

  // Whether the function is there and succeeded.
  template <class Function, class... Arguments>
  bool call(const char* name, Arguments... arguments) const {
    auto* function = reinterpret_cast<Function*>(::dlsym(library_.get(), name));
    return function != nullptr && function(arguments...) == 0;
  }

  std::unique_ptr<void, void (*)(void*)> library_;
};

}  // namespace

GpuFacts gpu_facts() {
  GpuFacts facts;
  facts.in_libtorch = c10::impl::hasDeviceGuardImpl(c10::DeviceType::CUDA);
  facts.in_machine = has_card();
  const Driver driver;
  facts.has_driver = driver.is_there();
  if (facts.has_driver) {
    facts.driver_cuda = driver.version();
    facts.devices = driver.devices();
  }
  if (facts.in_libtorch) {
    facts.libtorch_cuda = static_cast<int>(at::detail::getCUDAHooks().versionCUDART());
    facts.usable = static_cast<int>(torch::cuda::device_count());
  }
  facts.in_machine = facts.in_machine || !facts.devices.empty();
  return facts;
}

}  // namespace catdog
