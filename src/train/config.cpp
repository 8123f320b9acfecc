// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/config.hpp"

#include <utility>

namespace catdog {
namespace {

// RMSprop's epsilon changed with Keras 2.1.3.
void apply_presets(Config& config, Preset preset, ModelOptions::Architecture architecture) {
  apply_architecture(config.model, architecture);
  apply_preset(config.augment, preset);
  config.optimizer.eps = preset == Preset::keras_2_0_8 ? 1e-8 : 1e-7;
}

}  // namespace

void OptimizerOptions::describe(OptionTable& table) {
  table.choice("name", name,
               {{"rmsprop", Name::rmsprop},
                {"sgd", Name::sgd},
                {"adam", Name::adam},
                {"adamw", Name::adamw},
                {"muon", Name::muon}},
               "the rule that updates the weights; muon: of convolutions, adamw all others");
  table.number("lr", lr, {0, 10, /*low_open=*/true}, "learning rate, before the schedule");
  table.number("alpha", alpha, {0, 1, false, /*high_open=*/true},
               "share of RMSprop's running mean square kept each step (Keras: rho)");
  table.number("eps", eps, {0, 1, /*low_open=*/true},
               "added to the root of the mean square (Keras: epsilon); not for sgd");
  table.number("momentum", momentum, {0, 1, false, /*high_open=*/true},
               "share of sgd's and muon's running sum of gradients kept each step");
  table.flag("nesterov", nesterov, "sgd looks one step ahead along that sum");
  table.number("beta1", beta1, {0, 1, false, /*high_open=*/true},
               "share of adam's and adamw's running mean gradient kept each step");
  table.number("beta2", beta2, {0, 1, false, /*high_open=*/true},
               "share of adam's and adamw's running mean square kept each step");
  table.number("weight_decay", weight_decay, {0, 1},
               "times the weight, added to the gradient; with adamw and muon it is taken from the "
               "weight, times the learning rate");
  table.flag("decay_vectors", decay_vectors, "decays also biases and normalisation's weights");
  table.number("clip_norm", clip_norm, {0, 1e6},
               "gradients are scaled down so that the norm of all together is no larger; 0: never");
}

void ScheduleOptions::describe(OptionTable& table) {
  table.choice("name", name,
               {{"constant", Name::constant},
                {"step", Name::step},
                {"cosine", Name::cosine},
                {"plateau", Name::plateau}},
               "how the learning rate goes over time");
  table.number("warmup_epochs", warmup_epochs, {0, 1e6},
               "epochs, or parts of one, in which it first rises from 0 in a line");
  table.number("every_epochs", every_epochs, {0, 1e6, /*low_open=*/true},
               "step: multiplies it by factor after each so many epochs");
  table.number("factor", factor, {0, 1, /*low_open=*/true}, "for step and plateau");
  table.number("final_share", final_share, {0, 1},
               "cosine: the share of it that is left after the last step");
  table.number("patience", patience, {1, 1e6},
               "plateau: multiplies it by factor after so many epochs without a lower validation "
               "loss");
}

void TrainOptions::describe(OptionTable& table) {
  table.number("epochs", epochs, {1, 1e6}, "epochs to train");
  table.number("batch_size", batch_size, {1, 65536}, "pictures a step");
  table.number("steps_per_epoch", steps_per_epoch, {0, 1e9},
               "steps an epoch, going on from pass to pass; 0: one pass over the pictures");
  table.number("first_size", first_size, {0, 4096},
               "width and height of training's pictures in the first pass over them, in pixels; "
               "they grow evenly to last_size; 0: data.image_size");
  table.number("last_size", last_size, {0, 4096}, "in the last pass; 0: data.image_size");
  table.choice("keep", keep, {{"last", Keep::last}, {"best", Keep::best}},
               "which weights become model.pt: the last, or those of the epoch with the highest "
               "validation accuracy, of equal ones the lowest validation loss");
  table.number("patience", patience, {0, 1e6},
               "ends the run after so many epochs without a better one, by the rule of train.keep = "
               "best; 0: never");
  table.number("label_smoothing", label_smoothing, {0, 1, false, /*high_open=*/true},
               "share of each label that is spread evenly over the classes, in training's loss");
  table.flag("balance_classes", balance_classes,
             "multiplies each picture's loss in training so that all classes count alike, however "
             "many pictures they have");
  table.number("accumulate", accumulate, {1, 65536},
               "computes a batch in so many parts, which takes less memory; the gradients are the "
               "same but for normalisation, which sees the parts");
  table.number("average", average, {0, 1, false, /*high_open=*/true},
               "share of the moving average of the weights kept each step; validation and the kept "
               "model are the average's; 0: there is none");
  table.number("seed", seed, "the seed that all randomness derives from");
  table.text("device", device, "auto, cpu, cuda or cuda:N");
  table.choice("precision", precision,
               {{"auto", PrecisionChoice::automatic},
                {"fp32", PrecisionChoice::fp32},
                {"bf16", PrecisionChoice::bf16}},
               "the network's numbers; auto: bf16 where the device computes with it, else fp32");
  table.number("threads", threads, {0, 1024}, "threads of LibTorch; 0: one a core");
  table.flag("cuda_graph", cuda_graph,
             "on a GPU, launches a training step as one recorded piece of work");
  table.flag("deterministic", deterministic,
             "stops where an operation, or the first step, does not repeat to the bit");
  table.flag("tensorboard", tensorboard, "writes a log for TensorBoard into the run's folder");
}

Sections Config::sections() {
  Sections sections;
  const auto add = [&](const char* name, auto& options) {
    options.describe(sections.emplace_back(name, OptionTable()).second);
  };
  add("data", data);
  add("augment", augment);
  add("model", model);
  add("optimizer", optimizer);
  add("schedule", schedule);
  add("train", train);
  return sections;
}

Config read_config(std::string_view json, const std::string& source,
                   const std::vector<Setting>& settings) {
  const Json object = parse_json(json, source);
  // Twice: first to learn the presets, then onto their defaults.
  Config config;
  for (int round = 0; round < 2; ++round) {
    const Config chosen = std::exchange(config, Config());
    apply_presets(config, chosen.augment.preset, chosen.model.architecture);
    Faults faults = read_sections(config.sections(), object, source);
    for (std::string& fault : apply_settings(config.sections(), settings)) {
      faults.push_back(std::move(fault));
    }
    throw_if_any(faults);
  }
  return config;
}

Json to_json(const Config& config) { return write_sections(Config(config).sections()); }

}  // namespace catdog
