// SPDX-License-Identifier: Apache-2.0
#include "catdog/cli/model_flags.hpp"

#include "catdog/train/environment.hpp"

namespace catdog {

void add_model_flags(CLI::App& command, ModelFlags& flags) {
  command.add_option("--device", flags.device, "auto, cpu, cuda or cuda:N")
      ->capture_default_str()
      ->type_name("{auto,cpu,cuda}");
  add_setting_flag(command, flags.settings, "--precision", "train.precision",
                   "the network's numbers: auto, fp32 or bf16 (default: as it was trained)");
  command.add_option("--workers", flags.workers, "threads that prepare batches; -1: one a core")
      ->check(CLI::Range(kWorkerPerCore, 256))
      ->capture_default_str();
  command.add_option("--threads", flags.threads, "threads of LibTorch; 0: one a core")
      ->check(CLI::Range(0, 1024));
  add_decode_flag(command, flags.settings);
  command.add_flag("--tta", flags.mirror,
                   "show each picture also mirrored, and take the mean of both answers");
}

View view_of(const ModelFlags& flags) { return flags.mirror ? View::and_mirrored : View::plain; }

torch::Device prepare_device(const ModelFlags& flags) {
  const torch::Device device = choose_device(flags.device);
  use_threads(flags.threads);
  use_exact_arithmetic();
  return device;
}

TrainedModel open_model(const std::filesystem::path& file, const ModelFlags& flags,
                        torch::Device device) {
  TrainedModel model = load_model(file);
  throw_if_any(apply_settings(model.config.sections(), flags.settings.settings));
  model.net->prepare(device, choose_precision(model.config.train.precision, device));
  return model;
}

}  // namespace catdog
