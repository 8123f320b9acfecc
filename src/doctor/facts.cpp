// SPDX-License-Identifier: Apache-2.0
#include "catdog/doctor/facts.hpp"

#include <ATen/Context.h>
#include <ATen/Version.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstdlib>
#include <opencv2/imgcodecs.hpp>
#include <regex>

#include "catdog/bench/bench.hpp"
#include "catdog/core/error.hpp"
#include "catdog/core/mutable_stderr.hpp"
#include "catdog/pictures/decode.hpp"
#include "catdog/train/environment.hpp"
#include "catdog/train/run_record.hpp"

namespace catdog {
namespace {

// What stands after `pattern`'s first group in LibTorch's account of how it was built.
std::string found_in(const std::string& text, const char* pattern) {
  std::smatch match;
  return std::regex_search(text, match, std::regex(pattern)) ? match[1].str() : "";
}

LibTorchFacts libtorch_facts() {
  const std::string config = at::show_config();
  const char* asked = std::getenv("ATEN_CPU_CAPABILITY");
  return {.blas = found_in(config, "BLAS_INFO=(\\w+)"),
          .onednn = at::hasMKLDNN() ? found_in(config, "MKL-DNN v(\\S+)") : "",
          .has_openmp = at::Context::hasOpenMP(),
          .capability = at::get_cpu_capability(),
          .capability_asked = asked == nullptr ? "" : asked};
}

// Each kind of picture that is read, tried: a small one written by OpenCV, and read back. Where its
// writer is missing its reader is too.
std::vector<std::pair<std::string, bool>> readable_formats() {
  constexpr std::pair<const char*, const char*> kFormats[] = {{"JPEG", ".jpg"},  {"PNG", ".png"},
                                                              {"BMP", ".bmp"},   {"PPM", ".ppm"},
                                                              {"TIFF", ".tiff"}, {"WebP", ".webp"}};
  const cv::Mat picture(16, 16, CV_8UC3, cv::Scalar(10, 100, 200));
  std::vector<std::pair<std::string, bool>> formats;
  for (const auto& [name, ending] : kFormats) {
    std::vector<uint8_t> bytes;
    bool can_read = false;
    const MutedStderr muted;
    try {
      can_read = cv::haveImageWriter(ending) && cv::imencode(ending, picture, bytes) &&
                 !decode_picture({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, name)
                      .empty();
    } catch (const cv::Exception&) {
    } catch (const PictureError&) {
    }
    formats.emplace_back(name, can_read);
  }
  return formats;
}

SpeedFacts measure_speed(const Config& config, torch::Device device, Precision precision) {
  constexpr double kSeconds = 1;      // of steps
  constexpr double kLimitWork = 180;  // 10^9 operations of measure_limit()
  SpeedFacts speed;
  try {
    const Measurement steps = measure_steps(config, device, kSeconds);
    speed.images_per_second = static_cast<double>(steps.images) / steps.seconds;
    const double gflop_per_second = steps.gflop / steps.seconds;
    if (kLimitWork / gflop_per_second > 2) return speed;  // a slow machine would be kept waiting
    double limit = 0;
    const torch::Dtype type = precision == Precision::bf16 ? torch::kBFloat16 : torch::kFloat32;
    for (const Measurement& best : measure_limit(device, type)) {
      limit = std::max(limit, best.gflop / best.seconds);
    }
    speed.share = gflop_per_second / limit;
  } catch (const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    speed.error = text.substr(0, text.find('\n'));
  }
  return speed;
}

}  // namespace

MachineFacts gather_facts(bool with_speed) {
  const Config config;
  const torch::Device device = choose_device(config.train.device);
  const OwnStream stream(device);
  use_threads(config.train.threads);
  use_exact_arithmetic();
  const Precision precision = choose_precision(config.train.precision, device);
  const Network net(config.model, config.data.image_size);

  MachineFacts facts;
  facts.versions = versions();
  facts.device = device.str();
  facts.threads = torch::get_num_threads();
  facts.libtorch = libtorch_facts();
  facts.cores = core_facts();
  facts.precision = {.chosen = name_of(precision),
                     .has_bf16_vectors = cpu_multiplies_bf16_vectors(),
                     .has_bf16_matrices = cpu_multiplies_bf16_matrices()};
  facts.gpu = gpu_facts();
  facts.formats = readable_formats();
  facts.codecs = codec_libraries();
  facts.memory = memory_facts();
  facts.disk = disk_facts(std::filesystem::current_path());
  facts.run_bytes = bytes_on_disk(*net, config);
  // Weights, mean squares, best weights, and a little more.
  for (const torch::Tensor& weight : net->parameters()) {
    facts.checkpoint_bytes += 3 * weight.nbytes();
  }
  facts.checkpoint_bytes += 1 << 20;
  facts.limits = process_limits();
  if (with_speed) facts.speed = measure_speed(config, device, precision);
  return facts;
}

}  // namespace catdog
