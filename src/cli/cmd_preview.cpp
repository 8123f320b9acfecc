// SPDX-License-Identifier: Apache-2.0
// catdog preview: what augmentation makes of pictures, before a run is spent on it.
#include <spdlog/fmt/fmt.h>

#include "catdog/cli/commands.hpp"
#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/data/chain.hpp"
#include "catdog/pictures/class_folders.hpp"
#include "catdog/pictures/decode.hpp"
#include "catdog/report/contact_sheet.hpp"

namespace catdog {
namespace {

constexpr size_t kMostPictures = 8;  // of a folder: a sheet is there to be looked at

// The picture itself, or the first pictures of a folder in the order of their names.
std::vector<fs::path> choose_pictures(const fs::path& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : sorted_entries(path)) {
    if (files.size() < kMostPictures && is_picture_entry(entry)) files.push_back(entry.path());
  }
  if (files.empty()) throw DataError(shown(path) + ": holds no pictures");
  return files;
}

}  // namespace

void setup_preview(CLI::App& app) {
  auto options = std::make_shared<PreviewCommand>();
  CLI::App* command = app.add_subcommand(
      "preview", "Show what augmentation makes of a picture, or of a folder's first eight");
  command->add_option("PATH", options->pictures, "a picture, or a folder of pictures")
      ->required()
      ->type_name("");
  add_config_flags(*command, options->config);
  add_setting_flag(*command, options->config, "--seed", "train.seed",
                   "equal seeds give equal variations");
  command->add_option("-o,--output", options->output, "picture to write")
      ->capture_default_str()
      ->type_name("FILE");
  command->add_option("--count", options->count, "variations of each picture")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  add_examples(*command,
               {{"one picture and four variations of it",
                 "catdog preview --config augment data/train/cat.3.jpg"},
                {"a folder's first eight, with one setting tried out",
                 "catdog preview data/train --set augment.rotation_range=40 -o turned.png"}});
  command->callback([options] { run_preview(*options); });
}

void run_preview(const PreviewCommand& options) {
  const Config config = load_config(options.config);
  const Chain chain = training_chain(config.augment, config.train.seed);
  const Size size = {config.data.image_size, config.data.image_size};
  std::vector<float> values(static_cast<size_t>(size.height * size.width) * 3);
  std::vector<LabelledPicture> cells;
  uint32_t index = 0;
  for (const fs::path& file : choose_pictures(options.pictures)) {
    const Picture original = resize_picture(decode_picture(file), size, config.data.resize);
    cells.push_back({original, shown(file.filename())});
    for (int pass = 0; pass < options.count; ++pass) {
      chain(original, {.pass = static_cast<uint32_t>(pass), .index = index}, values.data());
      cells.push_back({picture_from_floats(values.data(), size), fmt::format("{}", pass + 1)});
    }
    ++index;
  }
  write_picture(options.output, contact_sheet(cells, options.count + 1));
  fmt::print("{}\n", shown(options.output));
}

}  // namespace catdog
