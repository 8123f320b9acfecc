// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/can_learn.hpp"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "catdog/core/error.hpp"
#include "catdog/data/batch_source.hpp"

namespace catdog {
namespace {

// The first normalisation of maps of 1×1 pixel; null if there is none.
const Layer* find_normalization_of_one_pixel(const Layers& layers) {
  const auto found = std::find_if(layers.begin(), layers.end(), [](const Layer& layer) {
    return layer.kind == Layer::Kind::normalization && layer.side_px == 1;
  });
  return found == layers.end() ? nullptr : &*found;
}

// A value that is the mean of its batch becomes 0 whatever it was, and has no gradient. Only the
// last batch of a pass may hold less than the largest part does.
void check_normalization(const Config& config, int64_t images) {
  const int64_t whole_batch = std::min<int64_t>(config.train.batch_size, images);
  const int64_t parts = config.train.accumulate;
  if ((whole_batch + parts - 1) / parts > 1) return;
  const int side_px = std::min(config.first_px(), config.last_px());
  const Layers layers = layers_of(config.model, side_px, /*classes=*/2);
  const Layer* layer = find_normalization_of_one_pixel(layers);
  if (layer == nullptr) return;
  std::string remedy = "model.norm=none";
  if (config.model.filters.size() > 1) remedy = "fewer stages in model.filters or " + remedy;
  remedy = fmt::format("larger images ({}), ",
                       side_px < config.data.image_size ? "train.first_size, train.last_size"
                                                        : "data.image_size") +
           remedy;
  if (whole_batch > 1) {
    remedy = fmt::format("a smaller train.accumulate than {}, ", whole_batch) + remedy;
  } else if (images > 1) {
    remedy = "a train.batch_size of at least 2, " + remedy;
  }
  throw ConfigError(fmt::format(
      "the network cannot learn: {} normalises maps of 1×1 px over batches of one image, and one "
      "value per channel always becomes 0; choose {}",
      layer->name, remedy));
}

void warn_of_warmup(const Config& config, int64_t images) {
  const TrainOptions& train = config.train;
  const int64_t steps_per_epoch = train.steps_per_epoch > 0
                                      ? train.steps_per_epoch
                                      : batches_per_pass(images, train.batch_size);
  const double warmup = config.schedule.warmup_epochs * static_cast<double>(steps_per_epoch);
  const auto steps = static_cast<double>(steps_per_epoch * train.epochs);
  if (steps >= warmup) return;
  spdlog::warn(
      "schedule.warmup_epochs = {} is longer than the run of train.epochs = {}: the learning rate "
      "reaches {:.2g} % of optimizer.lr",
      config.schedule.warmup_epochs, train.epochs, 100 * steps / warmup);
}

}  // namespace

void check_can_learn(const Config& config, int64_t images) {
  check_normalization(config, images);
  if (config.augment.brightness_range[1] == 0) {
    throw ConfigError(
        "the network cannot learn: augment.brightness_range = [0.0,0.0] makes every training image "
        "black; [1,1] leaves them as they are");
  }
  warn_of_warmup(config, images);
}

}  // namespace catdog
