// SPDX-License-Identifier: Apache-2.0
// catdog train: reads from the top like the method itself.
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include "catdog/cli/commands.hpp"
#include "catdog/cli/progress_bar.hpp"
#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/text.hpp"
#include "catdog/train/environment.hpp"
#include "catdog/train/run_folder.hpp"

namespace catdog {
namespace {

// What the two folders must agree in.
void check_classes(const ImageFolder& training, const ImageFolder& validation,
                   const std::string& dir) {
  if (training.classes().size() != 2) {
    throw DataError(fmt::format("{}/train: has {} classes ({}); catdog tells two apart", dir,
                                training.classes().size(), join_and(training.classes())));
  }
  if (training.classes() != validation.classes()) {
    throw DataError(fmt::format("{}: train has the classes {}, validation has {}", dir,
                                join_and(training.classes()), join_and(validation.classes())));
  }
}

void print_epoch(const EpochResult& result, int epochs) {
  spdlog::info(
      "epoch {}/{}  loss {:.4f}  acc {:.4f}  val_loss {:.4f}  val_acc {:.4f}  {}  {:.0f} images/s"
      "  wait {:.1f} %",
      result.epoch, epochs, result.loss, result.accuracy, result.val_loss, result.val_accuracy,
      duration(result.seconds), result.images_per_second, 100 * result.waited_share);
}

// The run's name where none is given: its config's.
std::string run_name(const TrainCommand& options) {
  if (!options.name.empty()) return options.name;
  return options.config.config.empty() ? "run" : fs::path(options.config.config).stem().string();
}

}  // namespace

void setup_train(CLI::App& app) {
  auto options = std::make_shared<TrainCommand>();
  ConfigFlags& flags = options->config;
  CLI::App* command = app.add_subcommand("train", "Train the network on DIR/train");
  add_config_flags(*command, flags);
  const auto add = [&](const char* flag, const char* key, const char* help) {
    add_setting_flag(*command, flags, flag, key, help);
  };
  add("--data", "data.dir", "folder that holds train/ and validation/");
  add("--epochs", "train.epochs", "epochs to train");
  add("--batch-size", "train.batch_size", "pictures a step");
  add("--lr", "optimizer.lr", "learning rate");
  add("--seed", "train.seed", "the seed that all randomness derives from");
  add("--device", "train.device", "auto, cpu, cuda or cuda:N");
  add("--workers", "data.workers", "threads that prepare batches");
  add("--threads", "train.threads", "threads of LibTorch; 0: one a core");
  command->add_option("--name", options->name, "of the run (default: the config's)");
  command->add_option("--runs", options->runs, "folder that holds the runs")->capture_default_str();
  command->add_flag("--print-config", options->print_config,
                    "print what a run would use, and stop");
  command->add_flag("--help-config", options->help_config,
                    "print every key of the config with its default and its rule, and stop");
  command->callback([options] { run_train(*options); });
}

void run_train(const TrainCommand& options) {
  if (options.help_config) {
    fmt::print("{}", describe_sections(Config().sections()));
    return;
  }
  const Config config = load_config(options.config);
  if (options.print_config) {
    fmt::print("{}\n", to_json(config).dump(2));
    return;
  }
  const torch::Device device = choose_device(config.train.device);
  use_threads(config.train.threads);

  const fs::path dir = config.data.dir;
  const auto cache = std::make_shared<ByteBudget>(int64_t{config.data.cache_mb} << 20);
  const ImageFolder training(dir / "train", config.data, cache);
  const ImageFolder validation(dir / "validation", config.data, cache);
  check_classes(training, validation, shown(dir));
  spdlog::info("{} training and {} validation pictures of {}", training.count(), validation.count(),
               join_and(training.classes()));

  ConvNet net(config.model, config.data.image_size);
  net->initialize(config.train.seed);
  net->to(device);
  use_channels_last(*net);

  const RunFolder run =
      RunFolder::create(options.runs, run_name(options), to_json(config), environment(device));
  spdlog::info("run {} on {}, {} threads", shown(run.path()), device.str(),
               torch::get_num_threads());

  TrainedModel model{.net = net, .classes = training.classes(), .config = config};
  model.config.data.dir = fs::absolute(dir).lexically_normal().string();
  Trainer trainer(config, net, training, validation, device);
  ProgressBar bar;
  double best_accuracy = -1;
  for (int epoch = 1; epoch <= config.train.epochs; ++epoch) {
    bar.start();
    const EpochResult result = trainer.run_epoch([&](const Progress& progress) {
      bar.show(fmt::format("epoch {}/{}", epoch, config.train.epochs), progress.step,
               progress.steps,
               fmt::format("loss {:.4f}, acc {:.4f}, {:.0f} images/s", progress.loss,
                           progress.accuracy, progress.images_per_second));
    });
    bar.clear();
    print_epoch(result, config.train.epochs);

    model.training = {{"epoch", epoch},
                      {"val_loss", result.val_loss},
                      {"val_acc", result.val_accuracy},
                      {"versions", versions()}};
    save_model(run.last_weights(), model);
    if (result.val_accuracy > best_accuracy) {
      best_accuracy = result.val_accuracy;
      save_model(run.best_weights(), model);
    }
    run.append(result);
  }
  run.finish(config.train.keep);
  fmt::print("{}\n", shown(run.model()));
}

}  // namespace catdog
