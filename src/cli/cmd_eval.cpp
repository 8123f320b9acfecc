// SPDX-License-Identifier: Apache-2.0
// catdog eval: how good a trained model is on pictures it has not seen, or which of two is better.
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "catdog/cli/commands.hpp"
#include "catdog/cli/data_checks.hpp"
#include "catdog/cli/eval_output.hpp"
#include "catdog/cli/standard_output.hpp"
#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/json_names.hpp"
#include "catdog/core/name_lists.hpp"
#include "catdog/core/text.hpp"
#include "catdog/data/pictures_digest.hpp"
#include "catdog/pictures/subsets.hpp"
#include "catdog/train/inference.hpp"
#include "catdog/train/run_folder.hpp"

namespace catdog {
namespace {

// As the user would name it from where he stands.
std::string from_here(const fs::path& path) {
  std::error_code ignored;  // none: the current folder was removed
  const fs::path relative = path.lexically_proximate(fs::current_path(ignored));
  return shown(relative.native().starts_with("..") ? path : relative);
}

// A model with the pictures that it is judged on.
struct Judged {
  TrainedModel model;
  fs::path dir;
  std::unique_ptr<ImageFolder> pictures;

  fs::path folder(const EvalCommand& options) const { return subset_folder(dir, options.split); }
};

// The images of a folder under the labels of the model's classes. A class that the folder lacks has
// none; a class that the model does not know is an error.
ClassFolders list_for_model(const fs::path& folder, const std::vector<std::string>& classes,
                            const fs::path& model) {
  ClassFolders listing = list_class_folders(folder, EmptyClasses::allow);
  std::vector<int> label_in_model;
  for (const std::string& name : listing.classes) {
    const auto found = std::find(classes.begin(), classes.end(), name);
    if (found == classes.end()) {
      throw ModelError(fmt::format(
          "{}: has other classes than {}: {}", shown(model), shown(folder),
          difference_of({"the model", classes}, {"the folder", listing.classes})));
    }
    label_in_model.push_back(static_cast<int>(found - classes.begin()));
  }
  for (LabelledFile& file : listing.files) {
    file.label = label_in_model[static_cast<size_t>(file.label)];
  }
  std::stable_sort(listing.files.begin(), listing.files.end(),
                   [](const auto& a, const auto& b) { return a.label < b.label; });
  if (listing.files.empty()) {
    throw DataError(fmt::format("{}: holds no image of {}", shown(folder), join_and(classes)));
  }
  listing.classes = classes;
  return listing;
}

Judged open_judged(const EvalCommand& options, const fs::path& file, torch::Device device) {
  Judged judged = {.model = open_model(file, options.model, device), .dir = {}, .pictures = {}};
  judged.dir = options.data.empty() ? fs::path(judged.model.config.data.dir) : options.data;
  DataOptions data = judged.model.config.data;
  data.cache = CacheKind::none;  // each picture is read once
  judged.pictures = std::make_unique<ImageFolder>(
      list_for_model(judged.folder(options), judged.model.classes, file), data,
      memory_budget(data));
  return judged;
}

Predictions predictions_of(Judged& judged, const fs::path& file, const EvalCommand& options,
                           torch::Device device) {
  Predictions predictions = infer(judged.model.net, *judged.pictures, device, options.model.workers,
                                  view_of(options.model));
  if (!are_finite(predictions.scores)) {
    throw ModelError(shown(file) + ": gives a loss that is not a finite number");
  }
  return predictions;
}

// Warns of pictures that the model has seen in training, and counts them; `digests` are of all.
int64_t count_trained_on(const Judged& judged, const std::vector<std::string>& digests) {
  const std::vector<std::string>& known = judged.model.trained_on;  // sorted
  int64_t count = 0;
  std::string first;
  for (size_t i = 0; i < digests.size(); ++i) {
    if (!std::binary_search(known.begin(), known.end(), short_digest(digests[i]))) continue;
    if (count++ == 0) first = from_here(judged.pictures->file(i));
  }
  if (count > 0) {
    spdlog::warn(
        "the model was trained on {} of these {} pictures, as {}: what it knows by heart says "
        "nothing of what is new to it",
        count, digests.size(), first);
  }
  return count;
}

// What each of some models says of the same pictures.
struct AllJudged {
  std::vector<Judged> judged;
  std::vector<Predictions> predictions;
  int64_t trained_on = 0;  // pictures that one of them was trained on, the most of all
  std::vector<std::string> digests = {};  // of the pictures
};

AllJudged judge_all(const EvalCommand& options, const std::vector<fs::path>& files,
                    torch::Device device) {
  AllJudged all;
  std::vector<std::string> names;
  std::vector<std::string>& digests = all.digests;
  for (const fs::path& file : files) {
    Judged& judged = all.judged.emplace_back(open_judged(options, file, device));
    const auto its_names = with_names({}, *judged.pictures, judged.folder(options)).files;
    if (names.empty()) names = its_names;
    const Judged& first = all.judged.front();
    std::string difference = difference_of({"the first model", first.model.classes},
                                           {"the other model", judged.model.classes});
    if (difference.empty()) {
      difference = difference_of({"the first", names}, {"the other", its_names});
    }
    if (!difference.empty()) {
      throw DataError(fmt::format("{} and {} are not judged on the same pictures: {}; --data names "
                                  "one folder for all models",
                                  from_here(first.folder(options)),
                                  from_here(judged.folder(options)), difference));
    }
    if (digests.empty()) {
      log_skipped(from_here(judged.folder(options)), judged.pictures->skipped());
      digests = picture_digests(*judged.pictures);
    }
    all.trained_on = std::max(all.trained_on, count_trained_on(judged, digests));
    all.predictions.push_back(predictions_of(judged, file, options, device));
  }
  return all;
}

// One model, or what several say together.
void judge(const EvalCommand& options, torch::Device device) {
  const AllJudged all = judge_all(options, options.files, device);
  const Judged& first = all.judged.front();
  const bool alone = options.files.size() == 1;
  const Predictions predictions = alone ? all.predictions[0] : mean_of(all.predictions);
  EvalResult result = {.folder = from_here(first.folder(options)),
                       .precision = name_of(first.model.net->precision()),
                       .classes = first.model.classes,
                       .evaluation = evaluate(predictions),
                       .calibrated = {},
                       .left_out = left_out_text(*first.pictures),
                       .left_out_record = left_out_record(*first.pictures),
                       .skipped = skipped_record(first.pictures->skipped()),
                       .trained_on = all.trained_on,
                       .models = options.files.size()};
  if (alone) result.calibrated = calibrated_figures(predictions, first.model.calibration);
  if (!options.predictions.empty()) {
    write_file_atomically(options.predictions,
                          to_csv(with_names(predictions, *first.pictures, first.dir, all.digests)),
                          link_rule_for(options.predictions));
  }
  if (options.json) {
    print_data(json_text(to_json(result)) + "\n");
  } else {
    print_text(text_of(result));
  }
  if (options.min_accuracy && result.evaluation.accuracy < *options.min_accuracy) {
    throw Error(fmt::format("accuracy {:.4f} lies below --min-accuracy {}",
                            result.evaluation.accuracy, *options.min_accuracy),
                ExitCode::below_accuracy);
  }
}

void compare_two(const EvalCommand& options, torch::Device device) {
  const AllJudged all = judge_all(options, options.compare, device);
  std::vector<ComparedModel> models;
  for (size_t i = 0; i < options.compare.size(); ++i) {
    models.push_back({.file = options.compare[i], .evaluation = evaluate(all.predictions[i])});
  }
  const Comparison comparison = compare(all.predictions[0], all.predictions[1]);
  if (options.json) {
    print_data(json_text(to_json(models, comparison)) + "\n");
  } else {
    print_text(text_of(from_here(all.judged[0].folder(options)), models, comparison));
  }
}

}  // namespace

void setup_eval(CLI::App& app) {
  auto options = std::make_shared<EvalCommand>();
  CLI::App* command = app.add_subcommand("eval", "Judge a trained model on DIR/test");
  CLI::Option* model =
      command
          ->add_option("--model", options->files,
                       "model file, as train wrote it; given again, the mean of all their answers "
                       "is judged")
          ->type_name("FILE");
  CLI::Option* compare =
      command
          ->add_option("--compare", options->compare,
                       "two model files: which is better, and whether that can be told from chance")
          ->expected(2)
          ->excludes(model)
          ->type_name("FILE");
  command
      ->add_option("--data", options->data,
                   "folder that holds the subset (default: the one the model was trained on)")
      ->type_name("DIR");
  command->add_option("--split", options->split, "the subset: a folder within DIR")
      ->capture_default_str();
  add_model_flags(*command, options->model);
  add_setting_flag(*command, options->model.settings, "--on-bad", "data.on_bad",
                   "a picture that cannot be read: error, or skip (default: as it was trained)");
  command
      ->add_option("--save-predictions", options->predictions,
                   "CSV file to write: each picture with its class and probabilities")
      ->excludes(compare)
      ->type_name("FILE");
  command
      ->add_option("--min-accuracy", options->min_accuracy,
                   "exit with code 5 if the accuracy lies below this")
      ->check(CLI::Range(0.0, 1.0))
      ->excludes(compare);
  command->add_flag("--json", options->json, "print one JSON object");
  add_examples(*command, {{"on the test pictures of the folder that it was trained on",
                           "catdog eval --model runs/baseline/model.pt"},
                          {"on others, for a program",
                           "catdog eval --model runs/baseline/model.pt --data "
                           "data/cats_and_dogs_small --split validation --json"}});
  command->callback([options] { run_eval(*options); });
}

void run_eval(const EvalCommand& options) {
  if (options.files.empty() && options.compare.empty()) {
    throw ConfigError("--model is required, or --compare with two model files");
  }
  const torch::Device device = prepare_device(options.model);
  if (options.compare.empty()) {
    judge(options, device);
  } else {
    compare_two(options, device);
  }
}

}  // namespace catdog
