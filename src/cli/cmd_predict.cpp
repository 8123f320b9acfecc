// SPDX-License-Identifier: Apache-2.0
// catdog predict: what a trained model says of pictures, one line each.
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <functional>
#include <optional>
#include <span>

#include "catdog/cli/commands.hpp"
#include "catdog/cli/picture_names.hpp"
#include "catdog/cli/prediction_rows.hpp"
#include "catdog/cli/standard_output.hpp"
#include "catdog/core/class_names.hpp"
#include "catdog/core/error.hpp"
#include "catdog/core/file_system.hpp"
#include "catdog/core/name_lists.hpp"
#include "catdog/core/text.hpp"
#include "catdog/judge/predictions.hpp"
#include "catdog/model/grad_cam.hpp"
#include "catdog/pictures/decode.hpp"
#include "catdog/report/contact_sheet.hpp"
#include "catdog/report/heat_map.hpp"
#include "catdog/train/inference.hpp"
#include "result_folder.hpp"

namespace catdog {
namespace {

constexpr int kExplainedPx = 4096;  // the longer side of what --explain writes, at most

// The path itself if nothing has its name, or else the first free one of a-2.jpg, a-3.jpg …
fs::path first_free(const fs::path& path) {
  std::error_code ignored;
  fs::path free = path;
  for (int number = 2; fs::exists(fs::symlink_status(free, ignored)); ++number) {
    free = path.parent_path() /
           fmt::format("{}-{}{}", path.stem().string(), number, path.extension().string());
  }
  return free;
}

// The folder of links for one class. Throws Error rather than name anything outside `folder`: a
// model with such a class is refused when it is read, and nothing must depend on that alone.
fs::path class_folder(const fs::path& folder, const std::string& name) {
  const std::string fault = class_name_fault(name);
  if (!fault.empty()) throw Error(fmt::format("the class {} {}", quoted_name(name), fault));
  return folder / name;
}

double threshold_of(const std::string& text, const TrainedModel& model) {
  if (model.classes.size() > 2 && text != PredictCommand().threshold) {
    throw ConfigError(fmt::format(
        "--threshold {}: is for models of two classes; this one tells {} apart, and predicts the "
        "most probable",
        text, model.classes.size()));
  }
  if (text == "best") return model.calibration.threshold;
  double value = -1;
  const char* end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || parsed != end || !(value >= 0 && value <= 1)) {
    throw ConfigError(fmt::format(
        "--threshold {}: must be a number from 0 to 1, or best, the one chosen on validation",
        text));
  }
  return value;
}

class Predictor {
 public:
  Predictor(const PredictCommand& options, TrainedModel model, torch::Device device)
      : options_(options),
        model_(std::move(model)),
        device_(device),
        threshold_(threshold_of(options.threshold, model_)),
        temperature_(options.calibrated ? model_.calibration.temperature : 1),
        rows_(options.csv    ? RowFormat::csv
              : options.json ? RowFormat::json
                             : RowFormat::table,
              model_.classes, options.top) {}

  // Folders for links and for maps; empty: none are wanted.
  void write_to(fs::path links, fs::path maps) {
    links_ = std::move(links);
    maps_ = std::move(maps);
  }

  // Throws DataError at the end if some pictures could not be read, or something of some pictures
  // could not be written; ModelError if the model's scores of some are not finite.
  void run() {
    const int batch_size = inference_batch_size(model_.config.data.image_size);
    const auto separator = options_.null_separated ? NameSeparator::nul : NameSeparator::line;
    std::vector<SkippedFile> skipped;
    PictureStream stream(picture_names(options_.paths, separator, skipped), model_.config.data,
                         options_.model.workers, batch_size);
    print(rows_.header());
    for (const SkippedFile& file : skipped) print(rows_.skipped(file));
    const auto take_batch = [&](const Batch& batch, const torch::Tensor& logits) {
      take(batch, stream.pictures(), logits.to(torch::kCPU));
    };
    infer(model_.net, stream, device_, take_batch, view_of(options_.model));
  }

  // Throws DataError if some pictures could not be read, or something of some pictures could not be
  // written.
  void throw_if_incomplete() const {
    std::vector<std::string> faults;
    if (bad_ > 0) {
      faults.push_back(fmt::format("{} of {} inputs could not be used", with_thousands(bad_),
                                   with_thousands(done_)));
    }
    if (unwritten_ > 0) {
      faults.push_back(
          fmt::format("{} output files could not be written", with_thousands(unwritten_)));
    }
    if (overflown_ > 0) throw ModelError(join_and(faults));
    if (!faults.empty()) throw DataError(join_and(faults));
  }

 private:
  void print(const std::string& rows) const {
    if (rows_.is_for_programs()) {
      print_data(rows);
    } else {
      print_text(rows);
    }
  }

  PicturePrediction prediction_of(const StreamedPicture& picture,
                                  std::span<const float> outputs) const {
    const std::vector<float> scores = scores_of_outputs(outputs);
    PicturePrediction prediction = {.file = picture.file, .fault = picture.fault};
    if (prediction.fault.empty() && !are_finite(scores)) {
      prediction.fault = fmt::format("the model {} gives scores that are not finite numbers",
                                     shown(options_.file));
    }
    if (!prediction.fault.empty()) return prediction;
    prediction.probabilities = probabilities(scores, temperature_);
    prediction.predicted = scores.size() > 2                       ? predicted_class(scores)
                           : probabilities(scores)[1] > threshold_ ? 1
                                                                   : 0;
    return prediction;
  }

  void take(const Batch& batch, const std::vector<StreamedPicture>& pictures,
            const torch::Tensor& logits) {
    std::vector<int> classes;
    std::vector<bool> has_map;
    const auto width = static_cast<size_t>(logits.size(1));
    const std::span outputs(logits.const_data_ptr<float>(), pictures.size() * width);
    for (size_t i = 0; i < pictures.size(); ++i) {
      const PicturePrediction prediction =
          prediction_of(pictures[i], outputs.subspan(i * width, width));
      classes.push_back(prediction.predicted);
      print(rows_.row(prediction));
      ++done_;
      bad_ += prediction.fault.empty() ? 0 : 1;
      overflown_ += prediction.fault != pictures[i].fault ? 1 : 0;
      has_map.push_back(prediction.fault.empty());
      if (prediction.fault.empty() && !links_.empty()) {
        write_one("link", prediction.file, [&] { link(prediction); });
      }
    }
    flush_results();
    if (!maps_.empty()) explain(batch, pictures, classes, has_map);
  }

  void link(const PicturePrediction& prediction) const {
    const fs::path folder =
        class_folder(links_, model_.classes[static_cast<size_t>(prediction.predicted)]);
    make_own_folder(folder);
    const fs::path file = fs::absolute(prediction.file);
    const fs::path free = first_free(folder / prediction.file.filename());
    std::error_code error;
    if (make_link(LinkKind::symbolic, file, free, error)) return;
    if (error) {
      throw FileError("cannot write " + shown(free) + ": " + error.message(), error.value());
    }
    write_new_file(free, read_file(file, kMaxFileBytes), FolderLink::refuse);
  }

  // Writes something of one picture. A failure that is this picture's alone gets a line and is
  // counted; where the disk is full or fails, it is thrown.
  void write_one(const char* what, const fs::path& file, const std::function<void()>& write) {
    try {
      write();
      return;
    } catch (const FileError& error) {
      if (error.is_of_disk()) throw;
      spdlog::warn("{}: no {}: {}", shown(file), what, std::strerror(error.number()));
    } catch (const Error& error) {
      spdlog::warn("{}: no {}: {}", shown(file), what, error.what());
    }
    ++unwritten_;
  }

  // A map over its image, which is shrunk to kExplainedPx: a JPEG holds every such size.
  void write_map(const fs::path& file, const torch::Tensor& map) const {
    const Size size = {static_cast<int>(map.size(0)), static_cast<int>(map.size(1))};
    const Picture overlaid =
        with_heat_map(decode_shrunk(file, kExplainedPx, model_.config.data.decode_limits()),
                      map.const_data_ptr<float>(), size);
    write_picture(first_free(maps_ / (file.stem().string() + ".jpg")), overlaid);
  }

  void explain(const Batch& batch, const std::vector<StreamedPicture>& pictures,
               const std::vector<int>& classes, const std::vector<bool>& has_map) {
    const torch::Tensor maps = grad_cam(model_.net, batch.images.to(device_), classes);
    for (size_t i = 0; i < pictures.size(); ++i) {
      if (!has_map[i]) continue;
      write_one("map", pictures[i].file, [&] {
        write_map(pictures[i].file, maps[static_cast<int64_t>(i)].contiguous());
      });
    }
  }

  const PredictCommand& options_;
  TrainedModel model_;
  const torch::Device device_;
  const double threshold_, temperature_;
  const PredictionRows rows_;
  fs::path links_, maps_;
  int64_t done_ = 0, bad_ = 0, unwritten_ = 0;
  int64_t overflown_ = 0;  // of the bad ones, those whose scores are not finite
};

}  // namespace

void setup_predict(CLI::App& app) {
  auto options = std::make_shared<PredictCommand>();
  CLI::App* command =
      app.add_subcommand("predict", "Say what a trained model sees in pictures, one line each");
  command->add_option("--model", options->file, "model file, as train wrote it")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("PATH", options->paths,
                   "pictures, folders of pictures at any depth, or - for a list on stdin, a name a "
                   "line")
      ->required()
      ->type_name("");
  command->add_flag("-0,--null", options->null_separated,
                    "the names on stdin end with a NUL in place of a line's end, as find -print0 "
                    "writes them");
  CLI::Option* csv = command->add_flag(
      "--csv", options->csv, "comma-separated values, with the probability of each class");
  CLI::Option* json =
      command->add_flag("--json", options->json, "one JSON object a line")->excludes(csv);
  command->add_option("--topk", options->top, "show the so many most probable classes")
      ->check(CLI::Range(1, 1000))
      ->excludes(csv)
      ->excludes(json);
  command
      ->add_option("--threshold", options->threshold,
                   "the second class is predicted above this probability; best: the one chosen on "
                   "validation in training")
      ->capture_default_str();
  command->add_flag("--calibrated", options->calibrated,
                    "probabilities by the temperature fitted on validation in training");
  command
      ->add_option("--sort-into", options->sort_into,
                   "new folder for links to the pictures, by predicted class")
      ->type_name("DIR");
  command
      ->add_option("--explain", options->explain,
                   "new folder for the pictures, with no side above 4,096 px, overlaid by where the "
                   "network looks (Grad-CAM)")
      ->type_name("DIR");
  add_model_flags(*command, options->model);
  add_examples(*command, {{"of a folder of pictures, at any depth",
                           "catdog predict --model runs/baseline/model.pt "
                           "data/cats_and_dogs_small/test"},
                          {"of those that a list names, for a program",
                           "find data -name 'cat.1*.jpg' -print0 | catdog predict --model "
                           "runs/baseline/model.pt - --null --json"}});
  command->callback([options] { run_predict(*options); });
}

void run_predict(const PredictCommand& options) {
  if (options.null_separated && std::find(options.paths.begin(), options.paths.end(), "-") ==
                                    options.paths.end()) {
    throw ConfigError("--null: is for a list of names on stdin; name it with the PATH -");
  }
  const torch::Device device = prepare_device(options.model);
  Predictor predictor(options, open_model(options.file, options.model, device), device);
  std::optional<ResultFolder> links, maps;
  if (!options.sort_into.empty()) links.emplace(options.sort_into, "--sort-into");
  if (!options.explain.empty()) maps.emplace(options.explain, "--explain");
  predictor.write_to(links ? links->folder() : fs::path(), maps ? maps->folder() : fs::path());
  predictor.run();
  if (links) links->publish();
  if (maps) maps->publish();
  predictor.throw_if_incomplete();
}

}  // namespace catdog
