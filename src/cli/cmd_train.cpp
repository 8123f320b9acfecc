// SPDX-License-Identifier: Apache-2.0
// catdog train: reads from the top like the method itself.
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include "catdog/cli/commands.hpp"
#include "catdog/cli/data_checks.hpp"
#include "catdog/cli/progress_bar.hpp"
#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/text.hpp"
#include "catdog/report/contact_sheet.hpp"
#include "catdog/train/environment.hpp"
#include "catdog/train/run_folder.hpp"

namespace catdog {
namespace {

constexpr int kSheetColumns = 8;

// The first batch as the network will see it.
Picture first_batch_sheet(const Config& config, const ImageFolder& training) {
  const Batch batch = *training_batches(config, training, /*end_batch=*/1)->next();
  const int side = training.image_size_px();
  std::vector<LabelledPicture> cells;
  const float* pixels = batch.images.const_data_ptr<float>();
  for (const int64_t index : batch.indices) {
    const auto picture = static_cast<size_t>(index);
    cells.push_back({picture_from_floats(pixels, {side, side}),
                     training.classes()[training.label(picture)] + ": " +
                         training.file(picture).filename().string()});
    pixels += static_cast<ptrdiff_t>(side) * side * 3;
  }
  return contact_sheet(cells, kSheetColumns);
}

void print_epoch(const EpochResult& result, int epochs) {
  spdlog::info(
      "epoch {}/{}  loss {:.4f}  acc {:.4f}  val_loss {:.4f}  val_acc {:.4f}  {}  {:.0f} images/s"
      "  wait {:.1f} %",
      result.epoch, epochs, result.loss, result.accuracy, result.val_loss, result.val_accuracy,
      duration(result.seconds), result.images_per_second, 100 * result.waited_share);
}

// Where no name is given, the config's; that of a run, runs/<name>/config.json, has the run's.
std::string run_name(const TrainCommand& options) {
  if (!options.name.empty()) return options.name;
  if (options.config.config.empty()) return "run";
  const fs::path config = options.config.config;
  const fs::path name = config.filename() == "config.json" && config.has_parent_path()
                            ? config.parent_path().filename()
                            : config.stem();
  return name.string();
}

// Epoch after epoch: figures to the screen and the run folder, weights to the run folder.
void train_and_record(Trainer& trainer, TrainedModel& model, const RunFolder& run) {
  const int epochs = model.config.train.epochs;
  ProgressBar bar;
  double best_accuracy = -1;
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    bar.start();
    const EpochResult result = trainer.run_epoch([&](const Progress& progress) {
      bar.show(fmt::format("epoch {}/{}", epoch, epochs), progress.step, progress.steps,
               fmt::format("{:.0f} images/s, loss {:.4f}, acc {:.4f}", progress.images_per_second,
                           progress.loss, progress.accuracy));
    });
    bar.clear();
    print_epoch(result, epochs);

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
  add("--precision", "train.precision", "the network's numbers: auto, fp32 or bf16");
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
  Config config = load_config(options.config);
  if (options.print_config) {
    fmt::print("{}\n", to_json(config).dump(2));
    return;
  }
  const torch::Device device = choose_device(config.train.device);
  const OwnStream stream(device);
  use_threads(config.train.threads);
  use_exact_arithmetic();

  const fs::path dir = fs::absolute(config.data.dir).lexically_normal();
  check_folder(dir);
  config.data.dir = dir.string();
  const std::shared_ptr<ByteBudget> memory = memory_budget(config.data);
  const ImageFolder training(dir / "train", config.data, memory);
  const ImageFolder validation(dir / "validation", config.data, memory);
  check_classes(training, validation, shown(dir));
  for (const ImageFolder* folder : {&training, &validation}) {
    if (!folder->left_out().empty()) spdlog::warn("{}", left_out_text(*folder));
  }
  spdlog::info("{} training and {} validation pictures of {}", training.count(), validation.count(),
               join_and(training.classes()));

  ConvNet net(config.model, config.data.image_size);
  net->initialize(config.train.seed);
  net->to(device);
  net->set_precision(choose_precision(config.train.precision, device));
  use_channels_last(*net);

  const Picture first_batch = first_batch_sheet(config, training);
  Json env = environment(device, net->precision());
  env["left_out"] = {{"train", left_out_record(training)},
                     {"validation", left_out_record(validation)}};
  const RunFolder run = RunFolder::create(options.runs, run_name(options), to_json(config), env);
  write_picture(run.path() / "first_batch.png", first_batch);
  spdlog::info("run {} on {}, {} threads, {}", shown(run.path()), device.str(),
               torch::get_num_threads(), name_of(net->precision()));

  Trainer trainer(config, net, training, validation, device);
  TrainedModel model{.net = net, .classes = training.classes(), .config = config};
  train_and_record(trainer, model, run);
  run.finish(config.train.keep);
  fmt::print("{}\n", shown(run.model()));
}

}  // namespace catdog
