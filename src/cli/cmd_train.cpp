// SPDX-License-Identifier: Apache-2.0
// catdog train: reads from the top like the method itself.
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include "catdog/cli/commands.hpp"
#include "catdog/cli/data_checks.hpp"
#include "catdog/cli/progress_bar.hpp"
#include "catdog/cli/run_ends.hpp"
#include "catdog/cli/save_schedule.hpp"
#include "catdog/cli/series.hpp"
#include "catdog/cli/standard_output.hpp"
#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/json_names.hpp"
#include "catdog/core/signals.hpp"
#include "catdog/core/text.hpp"
#include "catdog/data/pictures_digest.hpp"
#include "catdog/data/training_pictures.hpp"
#include "catdog/train/can_learn.hpp"
#include "catdog/train/environment.hpp"
#include "catdog/train/resume.hpp"
#include "catdog/train/run_record.hpp"

namespace catdog {
namespace {

void print_epoch(const EpochResult& result, int epochs) {
  spdlog::info(
      "epoch {}/{}  loss {:.4f}  acc {:.4f}  val_loss {:.4f}  val_acc {:.4f}  {}  {:.0f} images/s"
      "  wait {:.1f} %",
      result.epoch, epochs, result.loss, result.accuracy, result.val_loss, result.val_accuracy,
      duration(result.seconds), result.images_per_second, 100 * result.waited_share);
}

// Epoch after epoch: figures to the screen, everything to the run folder.
void train_and_record(Trainer& trainer, RunRecord& record, int epochs, SaveSchedule& schedule) {
  ProgressBar bar;
  while (!record.is_complete()) {
    bar.start();
    const int epoch = record.epochs() + 1;
    const EpochResult result = trainer.run_epoch([&](const Progress& progress) {
      bar.show(fmt::format("epoch {}/{}", epoch, epochs), progress.step, progress.steps,
               fmt::format("{:.0f} images/s, loss {:.4f}, acc {:.4f}", progress.images_per_second,
                           progress.loss, progress.accuracy));
      const int64_t steps_done = trainer.position().steps_done;
      if (take_save_request() || schedule.is_due(steps_done)) {
        record.save(trainer);
        schedule.saved(steps_done);
      }
      schedule.throw_if_out_of_time();
    });
    bar.clear();
    print_epoch(result, epochs);
    record.end_epoch(result, trainer);
    schedule.saved(trainer.position().steps_done);
    if (!record.is_complete()) schedule.throw_if_out_of_time();
  }
  if (record.epochs() < epochs) {
    spdlog::info("ends after epoch {}: train.patience is over", record.epochs());
  }
}

// The same, and whatever stops it, what is done is kept. Not so for an Error of the kind `failed`:
// then the numbers are not finite, or the disk takes no more.
void train_to_the_end(Trainer& trainer, RunRecord& record, const RunFolder& run,
                      const Config& config, SaveSchedule& schedule) {
  const std::string folder = shell_word(shown(run.path()));
  try {
    train_and_record(trainer, record, config.train.epochs, schedule);
  } catch (const NotFinite&) {  // with the same learning rate it would come to the same
    spdlog::info(
        "catdog train --resume {} --force-resume --lr {:g} goes on from the last checkpoint with a "
        "smaller learning rate",
        folder, config.optimizer.lr / 10);
    throw;
  } catch (const Error& error) {
    if (error.code() != ExitCode::failed) record.save(trainer);
    spdlog::info("catdog train --resume {} goes on from the last checkpoint", folder);
    throw;
  }
}

// From the config and the flags; of a run that goes on, from its own config and the flags.
Config find_config(const TrainCommand& options, const std::optional<Stopped>& stopped) {
  if (!stopped) return load_config(options.config);
  Config config = stopped->checkpoint ? stopped->checkpoint->config : stopped->folder.config();
  if (!options.config.config.empty()) {
    config = load_config(options.config);
  } else {
    throw_if_any(apply_settings(config.sections(), options.config.settings));
  }
  if (!stopped->checkpoint) return config;
  return resumed_config(*stopped->checkpoint, config, options.force_resume);
}

// What data.on_bad = skip left out of both, for the record.
Json warn_of_left_out(const ImageFolder& training, const ImageFolder& validation) {
  for (const ImageFolder* folder : {&training, &validation}) {
    if (!folder->left_out().empty()) spdlog::warn("{}", left_out_text(*folder));
  }
  return {{"train", left_out_record(training)}, {"validation", left_out_record(validation)}};
}

}  // namespace

void setup_train(CLI::App& app) {
  auto options = std::make_shared<TrainCommand>();
  ConfigFlags& flags = options->config;
  CLI::App* command = app.add_subcommand("train", "Train the network on DIR/train");
  add_config_flags(*command, flags);
  const auto add = [&](const char* flag, const char* key, const char* help) {
    return add_setting_flag(*command, flags, flag, key, help);
  };
  add("--data", "data.dir", "folder that holds train/ and validation/")->type_name("DIR");
  add("--epochs", "train.epochs", "epochs to train");
  add("--batch-size", "train.batch_size", "pictures a step");
  add("--lr", "optimizer.lr", "learning rate");
  add("--seed", "train.seed", "the seed that all randomness derives from");
  add("--device", "train.device", "auto, cpu, cuda or cuda:N")->type_name("{auto,cpu,cuda}");
  add("--precision", "train.precision", "the network's numbers: auto, fp32 or bf16");
  add("--workers", "data.workers", "threads that prepare batches");
  add("--threads", "train.threads", "threads of LibTorch; 0: one a core");
  add_decode_flag(*command, flags);
  const auto add_switch = [&](const char* flag, const char* key, const char* help) {
    command->add_flag_callback(
        flag,
        [&flags, flag, key] {
          flags.settings.push_back({.key = key, .value = "true", .flag = flag});
        },
        help);
  };
  add_switch("--deterministic", "train.deterministic",
             "stop where an operation, or the first step, does not repeat to the bit");
  add_switch("--tensorboard", "train.tensorboard",
             "write a log for TensorBoard into the run's folder");
  CLI::Option* name =
      command->add_option("--name", options->name, "of the run (default: the config's)");
  CLI::Option* runs = command->add_option("--runs", options->runs, "folder that holds the runs")
                          ->capture_default_str()
                          ->type_name("DIR");
  CLI::Option* resume =
      command
          ->add_option("--resume", options->resume,
                       "folder of a run that stopped: goes on at the exact step, with its config")
          ->type_name("DIR")
          ->excludes(name)
          ->excludes(runs);
  command
      ->add_flag("--force-resume", options->force_resume,
                 "go on though settings or pictures are not those of the run")
      ->needs(resume);
  command
      ->add_option("--checkpoint-every", options->checkpoint_every,
                   "also save after so many steps, as 200, or such a time, as 90s, 5min or 2h; 0: "
                   "at the ends of epochs alone")
      ->capture_default_str();
  command->add_option("--max-time", options->max_time,
                      "save and stop, with exit code 6, after this time, as 90s, 5min or 2h");
  command
      ->add_option(
          "--seeds", options->seeds,
          "train so many runs, with seeds one after another, and print their mean and spread")
      ->check(CLI::Range(1, 1000))
      ->excludes(resume);
  command
      ->add_option("--folds", options->folds,
                   "train so many runs, each judged on another part of the pictures of train/ and "
                   "validation/ (cross-validation)")
      ->check(CLI::Range(2, 1000))
      ->excludes(resume)
      ->excludes("--seeds");
  command->add_flag("--print-config", options->print_config,
                    "print what a run would use, and stop");
  command->add_flag("--help-config", options->help_config,
                    "print every key of the config with its default and its rule, and stop");
  add_examples(*command, {{"the book's first run; it comes to runs/baseline",
                           "catdog train --config baseline --seed 1"},
                          {"go on with a run that stopped", "catdog train --resume runs/augment"}});
  command->callback([options] { run_train(*options); });
}

void train_one(const TrainCommand& options, SaveSchedule& schedule) {
  std::optional<Stopped> stopped = open_stopped(options);
  Config config = find_config(options, stopped);
  if (options.print_config) {
    print_data(json_text(to_json(config), /*indent=*/2) + "\n");
    return;
  }
  const torch::Device device = choose_device(config.train.device);
  const OwnStream stream(device);
  use_threads(config.train.threads);
  use_exact_arithmetic(config.train.deterministic);

  const fs::path dir = fs::absolute(config.data.dir).lexically_normal();
  check_folder(dir);
  config.data.dir = dir.string();
  const std::shared_ptr<ByteBudget> memory = memory_budget(config.data);
  const auto [training, validation] = open_training_pictures(config.data, memory);
  check_class_names(training, shown(dir));
  check_can_learn(config, training.count());
  const Json left_out = warn_of_left_out(training, validation);
  log_skipped(shown(subset_folder(dir, "train")), training.skipped());
  log_skipped(shown(subset_folder(dir, "validation")), validation.skipped());
  const std::vector<std::string> digests = picture_digests(training);
  const std::vector<std::string> validation_digests = picture_digests(validation);
  const Json pictures = {{"train", pictures_digest(training, digests, dir)},
                         {"validation", pictures_digest(validation, validation_digests, dir)}};
  spdlog::info("{} training and {} validation pictures of {}", training.count(), validation.count(),
               join_and(training.classes()));

  Network net = initial_network(config, training.classes().size(), device);
  Json machine = environment(device, net->precision());
  machine["left_out"] = left_out;
  machine["skipped"] = {{"train", skipped_record(training.skipped())},
                        {"validation", skipped_record(validation.skipped())}};
  std::optional<Checkpoint> before;
  std::optional<Beginning> beginning;
  if (stopped && stopped->checkpoint) {
    before = std::move(stopped->checkpoint);
    check_same_pictures(*before, training.classes(), pictures, options.force_resume);
    warn_of_other_machine(before->environment, machine);
  } else {
    beginning = {to_json(config), machine, first_batch_sheet(config, training)};
  }
  RunFolder run = open_folder(options, std::move(stopped), beginning, bytes_on_disk(*net, config));
  spdlog::info("run {} on {}, {} threads, {}", shown(run.path()), device.str(),
               torch::get_num_threads(), name_of(net->precision()));

  Trainer trainer(config, net, training, validation, device);
  const Config recorded = before ? recorded_config(*before, config) : config;
  RunRecord record(run,
                   {.net = trainer.network(),
                    .classes = training.classes(),
                    .config = recorded,
                    .trained_on = short_digests(digests)},
                   pictures, machine);
  if (before) {
    record.restore(std::move(*before), trainer);
    spdlog::info("goes on in epoch {}, after step {} of {}", record.epochs() + 1,
                 trainer.position().step, trainer.steps_per_epoch());
  }
  record.begin(trainer);  // now, that nothing is computed that could not be kept
  schedule.saved(trainer.position().steps_done);
  train_to_the_end(trainer, record, run, config, schedule);
  run.finish(config.train.keep);
  write_ending(run, validation, validation_digests, device, net->precision());
  print_text(shown(run.model()) + "\n");
}

void run_train(const TrainCommand& options) {
  if (options.help_config) {
    print_data(describe_sections(Config().sections()));
    return;
  }
  catch_save_requests();
  SaveSchedule schedule(options.checkpoint_every, options.max_time);
  const auto train = [&](const TrainCommand& one) { train_one(one, schedule); };
  if (is_series(options) && !options.print_config) {
    train_series(options, run_name(options), train);
  } else {
    train(options);
  }
}

}  // namespace catdog
