// SPDX-License-Identifier: Apache-2.0
// record_work by a CUDA graph. The one file that needs CUDA's headers; without them
// no_cuda_graph.cpp takes its place.
#include <ATen/cuda/CUDAGraph.h>
#include <spdlog/fmt/fmt.h>

#include "catdog/core/error.hpp"
#include "catdog/train/recorded_work.hpp"

namespace catdog {
namespace {

class CudaGraph : public RecordedWork {
 public:
  explicit CudaGraph(const std::function<void()>& work) {
    graph_.capture_begin();
    work();
    graph_.capture_end();
  }

  void replay() override { graph_.replay(); }

 private:
  at::cuda::CUDAGraph graph_;
};

}  // namespace

std::unique_ptr<RecordedWork> record_work(c10::Device device, const std::function<void()>& work) {
  if (!device.is_cuda()) return nullptr;
  try {
    return std::make_unique<CudaGraph>(work);
  } catch (const c10::OutOfMemoryError&) {
    throw;  // a smaller batch helps, not a single launch
  } catch (const c10::Error& error) {
    const std::string reason = error.what_without_backtrace();
    throw Error(
        fmt::format("the training step cannot be recorded as a CUDA graph ({}): try --set "
                    "train.cuda_graph=false",
                    reason.substr(0, reason.find('\n'))));
  }
}

}  // namespace catdog
