// SPDX-License-Identifier: Apache-2.0
#include "catdog/bench/bench.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <numeric>

#include "catdog/core/error.hpp"
#include "catdog/core/text.hpp"
#include "catdog/judge/evaluation.hpp"
#include "catdog/model/summary.hpp"
#include "catdog/pictures/decode.hpp"
#include "catdog/pictures/resize.hpp"
#include "catdog/train/inference.hpp"
#include "catdog/train/loss.hpp"
#include "stopwatch.hpp"

namespace catdog {
namespace {

constexpr int64_t kPictures = 100;  // that the parts before the network work on
constexpr int64_t kPasses = 10;     // over them, where one would be too short to time
constexpr int64_t kBatches = 4;     // that steps take in turn
constexpr size_t kSteps = 20;       // a round

// As in training.
void run_step(TrainingStep& step, const Batch& batch, torch::Device device) {
  step.run(batch);
  if (device.is_cpu()) step.figures();
}

Batch random_batch(const Config& config, torch::Device device) {
  const int64_t count = config.train.batch_size, side = config.data.image_size;
  std::vector<int64_t> indices(static_cast<size_t>(count));
  std::iota(indices.begin(), indices.end(), 0);
  return {
      .images =
          torch::rand({count, 3, side, side}, device).contiguous(torch::MemoryFormat::ChannelsLast),
      .labels = torch::arange(count, device).remainder(2).to(torch::kFloat32),
      .indices = std::move(indices)};
}

// With pictures of the network's own size in every pass.
Config at_full_size(Config config) {
  config.train.first_size = config.train.last_size = 0;
  return config;
}

}  // namespace

Measurement measure_steps(const Config& config, torch::Device device, double seconds) {
  const int not_counted = device.is_cpu() ? 2 : 5;  // on a GPU the fourth is recorded
  Network net = initial_network(config, /*classes=*/2, device);
  TrainingStep step(config, net, device, recorder(config, device));
  const Batch batch = random_batch(config, device);
  const Work work = work_per_picture(*net);
  net->train();
  for (int i = 0; i < not_counted; ++i) run_step(step, batch, device);
  Measurement steps{.name = "step", .images = 0, .gflop = 0, .seconds = 0};
  Stopwatch watch(device);
  do {
    run_step(step, batch, device);
    steps.seconds += watch.lap();
    steps.images += config.train.batch_size;
  } while (steps.seconds < seconds);
  steps.gflop = (work.forward + work.backward) * static_cast<double>(steps.images);
  return steps;
}

Work work_per_picture(const NetworkImpl& net) {
  Work work{};
  double first = 0;
  for (const LayerSummary& layer : summarize(net)) {
    const double gflop = 2e-9 * static_cast<double>(layer.multiply_adds);
    if (first == 0) first = gflop;
    work.forward += gflop;
  }
  work.backward = 2 * work.forward - first;
  return work;
}

Bench::Bench(const Config& config, const ImageFolder& training, const ImageFolder& validation,
             const ImageFolder& evaluated, torch::Device device)
    : config_(at_full_size(config)),
      training_(training),
      validation_(validation),
      evaluated_(evaluated),
      device_(device),
      net_(initial_network(config, training.classes().size(), device)),
      trainer_(config_, net_, training, validation, device),
      step_(config_, net_, device, recorder(config, device)) {}

const Bench::Table& Bench::parts_table() {
  static const Table kTable = {{"decode", &Bench::decode}, {"resize", &Bench::resize},
                               {"load", &Bench::load},     {"warp", &Bench::warp},
                               {"step", &Bench::step},     {"phases", &Bench::phases},
                               {"epoch", &Bench::epoch},   {"evaluation", &Bench::evaluation},
                               {"limit", &Bench::limit}};
  return kTable;
}

std::vector<std::string> Bench::parts() {
  std::vector<std::string> names;
  for (const auto& [name, function] : parts_table()) names.emplace_back(name);
  return names;
}

Measurements Bench::run(const std::string& part) {
  for (const auto& [name, function] : parts_table()) {
    if (part == name) return (this->*function)();
  }
  throw ConfigError(fmt::format("part {}: must be one of {}", part, join_and(parts())));
}

Measurements Bench::decode() {
  const int64_t count = std::min(kPictures, training_.count());
  Stopwatch watch;
  for (int64_t i = 0; i < count; ++i) {
    decode_picture(training_.file(i), config_.data.decode_limits());
  }
  return {{.name = "decode", .images = count, .gflop = 0, .seconds = watch.lap()}};
}

Measurements Bench::resize() {
  const Size size = {.height = config_.data.image_size, .width = config_.data.image_size};
  const std::vector<Picture>& pictures = decoded();
  Stopwatch watch;
  for (int64_t pass = 0; pass < kPasses; ++pass) {
    for (const Picture& picture : pictures) resize_picture(picture, size, config_.data.resize);
  }
  const auto images = kPasses * static_cast<int64_t>(pictures.size());
  return {{.name = "resize", .images = images, .gflop = 0, .seconds = watch.lap()}};
}

Measurements Bench::load() {
  const Size size = {.height = config_.data.image_size, .width = config_.data.image_size};
  const int64_t count = std::min(kPictures, training_.count());
  Stopwatch watch;
  for (int64_t i = 0; i < count; ++i) {
    const auto& file = training_.file(i);
    decode_resized(read_picture_file(file), file, size, config_.data.resize,
                   config_.data.decode_limits());
  }
  return {{.name = "load", .images = count, .gflop = 0, .seconds = watch.lap()}};
}

Measurements Bench::warp() {
  const Size size = {.height = config_.data.image_size, .width = config_.data.image_size};
  const int kept = config_.data.kept_px();
  std::vector<Picture> pictures;
  for (const Picture& picture : decoded()) {
    pictures.push_back(resize_picture(picture, {kept, kept}, config_.data.resize));
  }
  const Chain chain =
      training_chain(config_.augment, config_.train.seed, [&](uint32_t) { return size.height; });
  std::vector<float> out(static_cast<size_t>(size.height * size.width) * 3);
  Stopwatch watch;
  for (uint32_t pass = 0; pass < kPasses; ++pass) {
    for (uint32_t i = 0; i < pictures.size(); ++i) {
      chain(pictures[i], {.pass = pass, .index = i}, out.data());
    }
  }
  const auto images = kPasses * static_cast<int64_t>(pictures.size());
  return {{.name = "warp", .images = images, .gflop = 0, .seconds = watch.lap()}};
}

Measurements Bench::step() {
  const std::vector<Batch>& taken = batches();
  net_->train();
  int64_t images = 0;
  Stopwatch watch(device_);
  for (size_t i = 0; i < kSteps; ++i) {
    const Batch& batch = taken[i % taken.size()];
    run_step(step_, batch, device_);
    images += batch.labels.numel();
  }
  const Work work = work_per_picture(*net_);
  return {{.name = "step",
           .images = images,
           .gflop = (work.forward + work.backward) * static_cast<double>(images),
           .seconds = watch.lap()}};
}

Measurements Bench::phases() {
  const std::vector<Batch>& taken = batches();
  net_->train();
  Optimizer optimizer(config_.optimizer, parameters_of(*net_));
  double forward = 0, backward = 0, update = 0;
  int64_t images = 0;
  for (size_t i = 0; i < kSteps; ++i) {
    const Batch& batch = taken[i % taken.size()];
    const torch::Tensor pixels = batch.images.to(device_);
    const torch::Tensor targets =
        targets_of(batch, net_->classes(), config_.train.label_smoothing, device_);
    optimizer.zero_grad();
    Stopwatch watch(device_);
    const torch::Tensor loss = cross_entropy(net_(pixels), targets);
    forward += watch.lap();
    loss.backward();
    backward += watch.lap();
    optimizer.step();
    update += watch.lap();
    images += targets.size(0);
  }
  const Work work = work_per_picture(*net_);
  const auto count = static_cast<double>(images);
  return {
      {.name = "forward", .images = images, .gflop = work.forward * count, .seconds = forward},
      {.name = "backward", .images = images, .gflop = work.backward * count, .seconds = backward},
      {.name = "optimizer", .images = images, .gflop = 0, .seconds = update}};
}

Measurements Bench::epoch() {
  Stopwatch watch;
  trainer_.run_epoch([](const Progress&) {});
  const double seconds = watch.lap();
  const Work work = work_per_picture(*net_);
  return {{.name = "epoch",
           .images = training_.count() + validation_.count(),
           .gflop = (work.forward + work.backward) * static_cast<double>(training_.count()) +
                    work.forward * static_cast<double>(validation_.count()),
           .seconds = seconds}};
}

Measurements Bench::evaluation() {
  Stopwatch watch;
  evaluate(infer(net_, evaluated_, device_, config_.data.workers));
  return {{.name = "evaluation",
           .images = evaluated_.count(),
           .gflop = work_per_picture(*net_).forward * static_cast<double>(evaluated_.count()),
           .seconds = watch.lap()}};
}

Measurements Bench::limit() {
  return measure_limit(device_,
                       precision() == Precision::bf16 ? torch::kBFloat16 : torch::kFloat32);
}

const std::vector<Picture>& Bench::decoded() {
  const auto count = static_cast<size_t>(std::min(kPictures, training_.count()));
  while (decoded_.size() < count) {
    decoded_.push_back(
        decode_picture(training_.file(decoded_.size()), config_.data.decode_limits()));
  }
  return decoded_;
}

const std::vector<Batch>& Bench::batches() {
  if (batches_.empty()) {
    const auto source = training_batches(config_, training_, {.end = kBatches});
    while (std::optional<Batch> next = source->next()) {
      next->images = next->images.to(device_);
      next->labels = next->labels.to(device_);
      batches_.push_back(std::move(*next));
    }
  }
  return batches_;
}

}  // namespace catdog
