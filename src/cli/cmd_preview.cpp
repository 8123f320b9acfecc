// SPDX-License-Identifier: Apache-2.0
// catdog preview: what augmentation makes of pictures, before a run is spent on it.
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include "catdog/cli/commands.hpp"
#include "catdog/cli/data_checks.hpp"
#include "catdog/cli/standard_output.hpp"
#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/data/chain.hpp"
#include "catdog/pictures/decode.hpp"
#include "catdog/pictures/image_files.hpp"
#include "catdog/pictures/mix.hpp"
#include "catdog/report/contact_sheet.hpp"

namespace catdog {
namespace {

constexpr size_t kMostPictures = 8;  // of a folder: a sheet is there to be looked at

// The picture itself, or the first pictures of a folder in the order of their names.
std::vector<fs::path> choose_pictures(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) return {path};
  ImageFiles found = images_below(path);
  require_readable(found.skipped);
  log_skipped(shown(path), found.skipped);
  if (found.images.empty()) throw DataError(shown(path) + ": holds no images");
  if (found.images.size() > kMostPictures) found.images.resize(kMostPictures);
  return found.images;
}

// Variations of pictures, as training sees them.
class Variations {
 public:
  // Of several files, one that cannot be read is skipped with a warning. Throws DataError if none
  // can be read.
  Variations(const Config& config, const std::vector<fs::path>& files)
      : augment_(config.augment),
        seed_(config.train.seed),
        size_{config.data.image_size, config.data.image_size},
        chain_(training_chain(config.augment, config.train.seed,
                              [this](uint32_t) { return size_.height; })) {
    const int kept = config.data.kept_px();
    for (const fs::path& file : files) {
      try {
        const std::string bytes = read_picture_file(file);
        const auto resized_to = [&](Size size) {
          return decode_resized(bytes, file, size, config.data.resize, config.data.decode_limits());
        };
        originals_.push_back({resized_to(size_), shown(file.filename())});
        kept_.push_back(resized_to({kept, kept}));
      } catch (const PictureError& error) {
        if (files.size() == 1) throw;
        spdlog::warn("{}: {}", shown(file), error.fault);
      }
    }
    if (originals_.empty()) {
      throw DataError(fmt::format("none of the first {} images of {} can be read", files.size(),
                                  shown(files[0].parent_path())));
    }
  }

  const std::vector<LabelledPicture>& originals() const { return originals_; }

  // The label has its number from 1, and what of which other picture is mixed in.
  LabelledPicture make(uint32_t index, uint32_t pass) const {
    std::vector<float> values = make_alone(index, pass);
    std::string label = fmt::format("{}", pass + 1);
    const Mix mix = draw_mix(augment_, size_, Rng(seed_, Stream::mix, pass, index));
    if (mix.share < 1) {
      // The next picture; for want of another the next variation of this one.
      const auto count = static_cast<uint32_t>(originals_.size());
      const uint32_t other = (index + 1) % count;
      const std::vector<float> values_of_other = make_alone(other, count > 1 ? pass : pass + 1);
      mix_into(values.data(), values_of_other.data(), mix, size_);
      label +=
          fmt::format(": {:.0f}% {}", 100 * (1 - mix.share),
                      count > 1 ? originals_[other].label : fmt::format("variation {}", pass + 2));
    }
    return {picture_from_floats(values.data(), size_), label};
  }

 private:
  std::vector<float> make_alone(uint32_t index, uint32_t pass) const {
    std::vector<float> values(static_cast<size_t>(size_.height * size_.width) * 3);
    chain_(kept_[index], {.pass = pass, .index = index}, values.data());
    return values;
  }

  AugmentOptions augment_;
  uint64_t seed_;
  Size size_;
  Chain chain_;
  std::vector<LabelledPicture> originals_;
  std::vector<Picture> kept_;  // what training varies
};

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
  add_decode_flag(*command, options->config);
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
  const std::vector<fs::path> files = choose_pictures(options.pictures);
  const Variations variations(config, files);
  std::vector<LabelledPicture> cells;
  uint32_t index = 0;
  for (const LabelledPicture& original : variations.originals()) {
    cells.push_back(original);
    for (int pass = 0; pass < options.count; ++pass) {
      cells.push_back(variations.make(index, static_cast<uint32_t>(pass)));
    }
    ++index;
  }
  write_picture(options.output, contact_sheet(cells, options.count + 1));
  print_text(shown(options.output) + "\n");
  const size_t skipped = files.size() - variations.originals().size();
  if (skipped > 0) {
    throw DataError(fmt::format("{} of {} images could not be read and are not on the sheet",
                                skipped, files.size()));
  }
}

}  // namespace catdog
