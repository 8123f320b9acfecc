// SPDX-License-Identifier: Apache-2.0
// catdog eval: how good a trained model is on pictures it has not seen.
#include <spdlog/fmt/fmt.h>

#include <cmath>

#include "catdog/cli/commands.hpp"
#include "catdog/cli/data_checks.hpp"
#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/text.hpp"
#include "catdog/judge/evaluation.hpp"
#include "catdog/train/environment.hpp"
#include "catdog/train/inference.hpp"
#include "catdog/train/trained_model.hpp"

namespace catdog {
namespace {

Json to_json(const Evaluation& result, const TrainedModel& model, const ImageFolder& pictures) {
  return {{"n", result.n},
          {"left_out", left_out_record(pictures)},
          {"loss", result.loss},
          {"accuracy", result.accuracy},
          {"interval", {result.interval.low, result.interval.high}},
          {"confusion", result.confusion},
          {"classes", model.classes},
          {"precision", name_of(model.net->precision())}};
}

// As the user would name it from where he stands.
fs::path from_here(const fs::path& path) {
  const fs::path relative = path.lexically_proximate(fs::current_path());
  return relative.native().starts_with("..") ? path : relative;
}

void print_result(const Evaluation& result, const TrainedModel& model, const fs::path& folder,
                  const ImageFolder& pictures) {
  const std::vector<std::string>& classes = model.classes;
  fmt::print("{}: {} pictures, {}\n", shown(from_here(folder)), result.n,
             name_of(model.net->precision()));
  if (!pictures.left_out().empty()) fmt::print("{}\n", left_out_text(pictures));
  fmt::print("loss      {:.4f}\n", result.loss);
  fmt::print("accuracy  {:.2f} %  (95 % interval {:.2f} to {:.2f} %)\n", 100 * result.accuracy,
             100 * result.interval.low, 100 * result.interval.high);
  const size_t width = std::max({classes[0].size(), classes[1].size(), size_t{6}});
  fmt::print("\n{:{}}  predicted\n{:{}}", "", width, "true", width);
  for (const std::string& name : classes) fmt::print("  {:>{}}", name, width);
  fmt::print("\n");
  for (size_t label = 0; label < classes.size(); ++label) {
    fmt::print("{:{}}", classes[label], width);
    for (const int64_t count : result.confusion[label]) fmt::print("  {:>{}}", count, width);
    fmt::print("\n");
  }
}

}  // namespace

void setup_eval(CLI::App& app) {
  auto options = std::make_shared<EvalCommand>();
  CLI::App* command = app.add_subcommand("eval", "Judge a trained model on DIR/test");
  command->add_option("--model", options->model, "model file, as train wrote it")->required();
  command->add_option("--data", options->data,
                      "folder that holds the subset (default: the one the model was trained on)");
  command->add_option("--split", options->split, "the subset: a folder within DIR")
      ->capture_default_str();
  command->add_option("--device", options->device, "auto, cpu, cuda or cuda:N")
      ->capture_default_str();
  add_setting_flag(*command, options->settings, "--precision", "train.precision",
                   "the network's numbers: auto, fp32 or bf16 (default: as it was trained)");
  add_setting_flag(*command, options->settings, "--on-bad", "data.on_bad",
                   "a picture that cannot be read: error, or skip (default: as it was trained)");
  command->add_option("--workers", options->workers, "threads that prepare batches; -1: one a core")
      ->check(CLI::Range(kWorkerPerCore, 256))
      ->capture_default_str();
  command->add_option("--threads", options->threads, "threads of LibTorch; 0: one a core")
      ->check(CLI::Range(0, 1024));
  command
      ->add_option("--min-accuracy", options->min_accuracy,
                   "exit with code 5 if the accuracy lies below this")
      ->check(CLI::Range(0.0, 1.0));
  command->add_flag("--json", options->json, "print one JSON object");
  command->callback([options] { run_eval(*options); });
}

void run_eval(const EvalCommand& options) {
  TrainedModel model = load_model(options.model);
  throw_if_any(apply_settings(model.config.sections(), options.settings.settings));
  const torch::Device device = choose_device(options.device);
  use_threads(options.threads);
  use_exact_arithmetic();
  model.net->to(device);
  model.net->set_precision(choose_precision(model.config.train.precision, device));
  use_channels_last(*model.net);

  const fs::path dir = options.data.empty() ? fs::path(model.config.data.dir) : options.data;
  const fs::path folder = dir / options.split;
  DataOptions data = model.config.data;
  data.cache = CacheKind::none;  // each picture is read once
  const ImageFolder pictures(folder, data, memory_budget(data));
  if (pictures.classes() != model.classes) {
    throw ModelError(fmt::format("{}: tells {} apart, but {} holds {}", shown(options.model),
                                 join_and(model.classes), shown(folder),
                                 join_and(pictures.classes())));
  }

  const Evaluation result = evaluate(infer(model.net, pictures, device, options.workers));
  if (!std::isfinite(result.loss)) {
    throw ModelError(shown(options.model) + ": gives a loss that is not a finite number");
  }
  if (options.json) {
    fmt::print("{}\n", to_json(result, model, pictures).dump());
  } else {
    print_result(result, model, folder, pictures);
  }
  if (options.min_accuracy && result.accuracy < *options.min_accuracy) {
    throw Error(fmt::format("accuracy {:.4f} lies below --min-accuracy {}", result.accuracy,
                            *options.min_accuracy),
                ExitCode::below_accuracy);
  }
}

}  // namespace catdog
