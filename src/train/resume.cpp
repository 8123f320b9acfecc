// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/resume.hpp"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <string_view>

#include "catdog/core/error.hpp"
#include "catdog/core/name_lists.hpp"

namespace catdog {
namespace {

// Where pictures come from, who prepares them, and a log: no number depends on these. Threads and
// device do change the last bits; that is warned of. Epochs have a rule of their own.
constexpr std::string_view kFree[] = {
    "data.dir",         "data.cache",   "data.cache_mb", "data.decode_mb", "data.device_mb",
    "data.workers",     "train.epochs", "train.threads", "train.device",   "train.cuda_graph",
    "train.tensorboard"};

// The tensors' shapes, and what a step's number means: with others the checkpoint is no place to
// go on from.
constexpr std::string_view kNever[] = {
    "data.image_size",   "model.architecture", "model.filters", "model.blocks",
    "model.stem_stride", "model.norm",         "model.head",    "model.dense_units",
    "optimizer.name",    "train.batch_size",   "train.average", "train.steps_per_epoch"};

template <size_t N>
bool is_one_of(const std::string& key, const std::string_view (&keys)[N]) {
  return std::find(std::begin(keys), std::end(keys), key) != std::end(keys);
}

struct Difference {
  std::string key, before, asked;
};

std::vector<Difference> differences(const Json& before, const Json& asked) {
  std::vector<Difference> found;
  for (const auto& [section, values] : asked.items()) {
    for (const auto& [key, value] : values.items()) {
      const Json& old = before.at(section).at(key);
      if (value != old) found.push_back({section + "." + key, old.dump(), value.dump()});
    }
  }
  return found;
}

PrecisionChoice precision_of(const Json& environment) {
  const bool bf16 = environment.value("precision", "") == name_of(Precision::bf16);
  return bf16 ? PrecisionChoice::bf16 : PrecisionChoice::fp32;
}

}  // namespace

std::vector<std::string> differing_keys(const Config& a, const Config& b) {
  std::vector<std::string> keys;
  if (a.train.epochs != b.train.epochs) keys.emplace_back("train.epochs");
  for (const Difference& difference : differences(to_json(a), to_json(b))) {
    if (!is_one_of(difference.key, kFree)) keys.push_back(difference.key);
  }
  return keys;
}

Config resumed_config(const Checkpoint& checkpoint, Config asked, bool force) {
  Faults faults;
  for (const auto& [key, before, now] : differences(to_json(checkpoint.config), to_json(asked))) {
    const bool never = is_one_of(key, kNever);
    if (is_one_of(key, kFree) || (force && !never)) continue;
    faults.push_back(fmt::format("--resume: {} is {}, the run has {}{}", key, now, before,
                                 never ? "" : "; --force-resume changes it all the same"));
  }
  const bool cosine = asked.schedule.name == ScheduleOptions::Name::cosine;
  const bool grows = asked.first_px() != asked.last_px();
  if ((cosine || grows) && !force && asked.train.epochs != checkpoint.config.train.epochs) {
    faults.push_back(fmt::format(
        "--resume: train.epochs is {}, the run has {}, and its {}; --force-resume changes it all "
        "the same",
        asked.train.epochs, checkpoint.config.train.epochs,
        cosine ? "schedule's cosine ends there" : "pictures grow until then"));
  }
  const int reached = checkpoint.position.epochs + (checkpoint.position.step > 0 ? 1 : 0);
  if (asked.train.epochs < reached) {
    faults.push_back(fmt::format("--resume: train.epochs is {}, the run is in epoch {}",
                                 asked.train.epochs, reached));
  }
  throw_if_any(faults);
  const Json& before = checkpoint.environment;
  if (asked.train.threads == 0) asked.train.threads = before.value("threads", 0);
  if (asked.train.precision == PrecisionChoice::automatic) {
    asked.train.precision = precision_of(before);
  }
  return asked;
}

Config recorded_config(const Checkpoint& checkpoint, Config now) {
  const Config& run = checkpoint.config;
  now.data.cache = run.data.cache;
  now.data.cache_mb = run.data.cache_mb;
  now.data.decode_mb = run.data.decode_mb;
  now.data.device_mb = run.data.device_mb;
  now.data.workers = run.data.workers;
  if (now.train.threads == checkpoint.environment.value("threads", 0)) {
    now.train.threads = run.train.threads;
  }
  if (now.train.precision == precision_of(checkpoint.environment)) {
    now.train.precision = run.train.precision;
  }
  return now;
}

void check_same_pictures(const Checkpoint& checkpoint, const std::vector<std::string>& classes,
                         const Json& pictures, bool force) {
  const std::string difference =
      difference_of({"the data folder", classes}, {"the run", checkpoint.classes});
  if (!difference.empty()) {
    throw DataError("--resume: the classes are not those of the run: " + difference);
  }
  for (const auto& [subset, digest] : pictures.items()) {
    if (!force && digest != checkpoint.pictures.value(subset, Json())) {
      throw DataError(
          fmt::format("--resume: the {} pictures are not those that the run began with; "
                      "--force-resume goes on all the same",
                      subset));
    }
  }
}

void warn_of_other_machine(const Json& before, const Json& now) {
  for (const char* key :
       {"device", "gpu", "processor", "instruction_set", "threads", "precision", "libtorch"}) {
    const Json then = before.value(key, Json()), here = now.value(key, Json());
    if (then != here) {
      spdlog::warn("{}: the run had {}, here it is {}; the last bits of its numbers may differ",
                   key, then.dump(), here.dump());
    }
  }
}

}  // namespace catdog
