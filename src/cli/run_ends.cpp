// SPDX-License-Identifier: Apache-2.0
#include "catdog/cli/run_ends.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/text.hpp"
#include "catdog/report/contact_sheet.hpp"
#include "catdog/report/run_report.hpp"
#include "catdog/train/inference.hpp"
#include "catdog/train/trained_model.hpp"

namespace catdog {
namespace {

constexpr int kSheetColumns = 8;

// Where `folder` is, or will be made.
fs::path existing_ancestor(const fs::path& folder) {
  fs::path path = fs::absolute(folder);
  std::error_code ignored;
  while (!fs::exists(path, ignored) && path.has_relative_path()) path = path.parent_path();
  return path;
}

// What the weights that were kept say of the validation pictures, picture by picture.
void write_predictions(const RunFolder& run, const ImageFolder& validation,
                       std::vector<std::string> digests, torch::Device device,
                       Precision precision) {
  TrainedModel kept = load_model(run.model());
  kept.net->prepare(device, precision);
  const Predictions predictions = infer(kept.net, validation, device, kept.config.data.workers);
  write_file_atomically(run.predictions("validation"),
                        to_csv(with_names(predictions, validation, kept.config.data.dir,
                                          std::move(digests))),
                        FolderLink::refuse);
}

// The run is whole without it: what stands in its way is no more than a warning.
void write_page(const RunFolder& run, DecodeLimits limits) {
  const fs::path page = run.path() / "report.html";
  try {
    write_report(page, {run.path()}, {.limits = limits});
    spdlog::info("report {}", shown(page));
  } catch (const std::exception& error) {
    spdlog::warn(
        "no report: {}; the run is whole, and catdog report {} makes it once this is mended",
        error.what(), shell_word(shown(run.path())));
  }
}

}  // namespace

std::string run_name(const TrainCommand& options) {
  if (!options.name.empty()) return options.name;
  if (options.config.config.empty()) return "run";
  const fs::path config = options.config.config;
  const fs::path name = config.filename() == "config.json" && config.has_parent_path()
                            ? config.parent_path().filename()
                            : config.stem();
  return name.string();
}

std::optional<Stopped> open_stopped(const TrainCommand& options) {
  if (options.resume.empty()) return std::nullopt;
  RunFolder folder = RunFolder::open(options.resume);
  std::optional<Checkpoint> checkpoint = folder.newest_checkpoint();
  return Stopped{std::move(folder), std::move(checkpoint)};
}

Picture first_batch_sheet(const Config& config, const ImageFolder& training) {
  const Batch batch = *training_batches(config, training, {.end = 1})->next();
  const int side = static_cast<int>(batch.images.size(2));
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

RunFolder open_folder(const TrainCommand& options, std::optional<Stopped> stopped,
                      const std::optional<Beginning>& beginning, uint64_t bytes_needed) {
  if (stopped) {
    const RunFolder& run = stopped->folder;
    check_room(run.path(), bytes_needed - std::min(bytes_needed, run.bytes()));
  } else {
    check_room(existing_ancestor(options.runs), bytes_needed);
  }
  RunFolder run =
      stopped ? std::move(stopped->folder) : RunFolder::create(options.runs, run_name(options));
  if (beginning) {
    run.begin(beginning->config, beginning->machine);
    write_picture(run.path() / "first_batch.png", beginning->first_batch);
  }
  return run;
}

void write_ending(const RunFolder& run, const ImageFolder& validation,
                  std::vector<std::string> digests, torch::Device device, Precision precision) {
  write_predictions(run, validation, std::move(digests), device, precision);
  write_page(run, validation.decode_limits());
}

}  // namespace catdog
