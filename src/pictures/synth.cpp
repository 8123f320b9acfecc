// SPDX-License-Identifier: Apache-2.0
// Drawn animals: the steps of one picture, and the writing of a folder full of them.
#include "catdog/pictures/synth.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/mutable_stderr.hpp"
#include "catdog/core/processors.hpp"
#include "catdog/core/random.hpp"
#include "catdog/core/signals.hpp"
#include "synth_animal.hpp"

namespace catdog {
namespace {

constexpr int kMaxPerClass = 1'000'000;
constexpr int kMinSize_px = 16, kMaxSize_px = 4096;

// Three independent sources for each picture: how much one of them draws (the sensor draws for
// every pixel) then changes nothing else.
enum class Part : uint32_t { scene = 0, sensor = 1, file = 2 };

Rng source(uint64_t seed, Animal animal, Part part, int index) {
  // Cats and dogs share the first six passes; a later animal has three of its own, so that it
  // changes no picture of theirs.
  const auto kind = static_cast<uint32_t>(animal), of = static_cast<uint32_t>(part);
  const uint32_t pass = kind < 2 ? 2 * of + kind : 3 * kind + of;
  return Rng(seed, Stream::synth, pass, static_cast<uint32_t>(index));
}

// Drawn larger than asked for and shrunk, which makes every edge smooth.
int canvas_side(int size_px) {
  if (size_px >= 600) return size_px;
  return size_px * std::max(2, (192 + size_px - 1) / size_px);
}

void check(const SynthOptions& options) {
  const auto require = [](const char* key, int value, int low, int high) {
    if (value >= low && value <= high) return;
    throw ConfigError(std::string(key) + " is " + std::to_string(value) + ", but must be " +
                      std::to_string(low) + " to " + std::to_string(high));
  };
  require("--per-class", options.per_class, 1, kMaxPerClass);
  require("--classes", options.classes, 2, static_cast<int>(kAnimals.size()));
  require("--size", options.size_px, kMinSize_px, kMaxSize_px);
  if (options.destination.empty()) {
    throw ConfigError("no destination for the pictures; name a new or an empty folder");
  }
  const fs::path& folder = options.destination;
  std::error_code error;
  if (!fs::exists(folder, error) && !error) return;
  const bool empty = fs::is_directory(folder, error) && fs::is_empty(folder, error);
  if (!empty || error) {
    throw ConfigError("the destination " + shown(folder) +
                      (error                      ? " cannot be read"
                       : fs::is_directory(folder) ? " is not empty"
                                                  : " is not a folder") +
                      "; name a new or an empty folder");
  }
}

fs::path picture_path(const fs::path& folder, Animal animal, int index) {
  const std::string name = kAnimals[static_cast<size_t>(animal)];
  return folder / (name + "." + std::to_string(index) + ".jpg");
}

FileId write_picture(const SynthOptions& options, Animal animal, int index) {
  const Picture picture = draw_animal(animal, options.size_px, options.seed, index);
  cv::Mat bgr;
  cv::cvtColor(picture, bgr, cv::COLOR_RGB2BGR);
  Rng rng = source(options.seed, animal, Part::file, index);
  const int quality = 62 + static_cast<int>(rng.below(34));
  std::vector<uint8_t> bytes;
  const MutedStderr muted;
  if (!cv::imencode(".jpg", bgr, bytes, {cv::IMWRITE_JPEG_QUALITY, quality})) {
    throw Error("cannot encode a JPEG picture");
  }
  // Without a sync, which for each of thousands of pictures would take longer than drawing them:
  // after a crash they are drawn anew.
  return write_new_file(picture_path(options.destination, animal, index),
                        {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

// Writes the pictures on all cores; which core draws which picture changes no byte.
class Crew {
 public:
  explicit Crew(const SynthOptions& options) : options_(options) {}

  void run() {
    const int count = std::min(usable_cores(), options_.per_class);
    {
      std::vector<std::jthread> helpers;
      try {
        for (int i = 1; i < count; ++i) helpers.emplace_back([this] { work(); });
      } catch (const std::system_error&) {
        // No further thread to be had: those that run suffice.
      }
      work();
    }
    if (failure_) std::rethrow_exception(failure_);
    throw_if_interrupted();
  }

  // Every file that run() made, unless it has become another one.
  void remove_files() {
    for (const auto& [task, id] : made_) {
      remove_own_file(picture_path(options_.destination, animal(task), index(task)),
                      FolderLink::follow, id);
    }
  }

 private:
  int tasks() const { return options_.classes * options_.per_class; }
  Animal animal(int task) const { return static_cast<Animal>(task % options_.classes); }
  int index(int task) const { return task / options_.classes; }

  void work() {
    try {
      while (!stop_ && interrupt_signal() == 0) {
        const int task = next_.fetch_add(1);
        if (task >= tasks()) return;
        const FileId id = write_picture(options_, animal(task), index(task));
        const std::lock_guard lock(mutex_);
        made_.emplace_back(task, id);
      }
    } catch (...) {
      stop_ = true;
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
    }
  }

  const SynthOptions& options_;
  std::atomic<int> next_{0};
  std::atomic<bool> stop_{false};
  std::mutex mutex_;  // of what follows
  std::vector<std::pair<int, FileId>> made_;
  std::exception_ptr failure_;
};

}  // namespace

Picture draw_animal(Animal animal, int size_px, uint64_t seed, int index) {
  Rng rng = source(seed, animal, Part::scene, index);
  Rng sensor = source(seed, animal, Part::sensor, index);
  const synth::Look look = synth::draw_look(rng);
  synth::Canvas canvas(canvas_side(size_px));
  const double rim = synth::luminance(look.coat.base) < 80 ? 0.4 : 0.55;
  canvas.set_light(look.light, rim);
  synth::draw_coat(canvas, look, rng);
  canvas.keep_as_coat();
  synth::draw_backdrop(canvas, look, rng);
  synth::draw_clutter(canvas, look, rng);
  synth::draw_body(canvas, look, animal, rng);
  const synth::Pen head(canvas, look.head_frame());
  switch (animal) {
    case Animal::cat: synth::draw_cat_head(head, look, rng); break;
    case Animal::dog: synth::draw_dog_head(head, look, rng); break;
    case Animal::rabbit: synth::draw_rabbit_head(head, look, rng); break;
  }
  synth::draw_foreground(canvas, look, rng);
  return synth::take_photo(canvas, size_px, rng, sensor);
}

void synthesize(const SynthOptions& options) {
  check(options);
  NewFolder folder(options.destination);
  Crew crew(options);
  try {
    crew.run();
  } catch (...) {
    crew.remove_files();
    throw;
  }
  folder.keep();
}

}  // namespace catdog
