// SPDX-License-Identifier: Apache-2.0
// A step that is recorded once and replayed trains as one that is done anew each time.
#include "catdog/train/training_step.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "catdog/train/environment.hpp"

namespace catdog {
namespace {

constexpr int kStepSide = 16;
constexpr int kBatchSize = 4;

Config small_config() {
  Config config;
  config.data.image_size = kStepSide;
  config.model = {.filters = {4, 8}, .dense_units = 16, .dropout = 0.4};
  config.optimizer.lr = 1e-3;
  config.train = {.batch_size = kBatchSize, .seed = 5};
  return config;
}

// Passes of three whole batches and one of a single picture.
std::vector<Batch> make_batches(int count, torch::Device device) {
  torch::manual_seed(1);
  std::vector<Batch> batches;
  for (int i = 0; i < count; ++i) {
    const int64_t size = i % 4 == 3 ? 1 : kBatchSize;
    batches.push_back({.images = torch::rand({size, 3, kStepSide, kStepSide})
                                     .contiguous(torch::MemoryFormat::ChannelsLast)
                                     .to(device),
                       .labels = torch::randint(0, 2, {size}, torch::kFloat).to(device),
                       .indices = {}});
  }
  return batches;
}

struct Trained {
  std::vector<torch::Tensor> weights;
  std::vector<TrainingFigures> figures;  // after each step
  int64_t pictures;
};

Trained train(const std::vector<Batch>& batches, torch::Device device,
              const TrainingStep::Record& record) {
  const OwnStream stream(device);
  const Config config = small_config();
  Network net(config.model, config.data.image_size);
  net->initialize(config.train.seed);
  net->to(device);
  use_channels_last(*net);
  TrainingStep step(config, net, device, record);
  Trained trained{};
  step.start_epoch();
  for (const Batch& batch : batches) {
    step.run(batch);
    trained.figures.push_back(step.figures());
  }
  trained.pictures = step.pictures();
  for (const auto& weight : net->parameters()) {
    trained.weights.push_back(weight.detach().to(torch::kCPU));
  }
  return trained;
}

double largest_difference(const Trained& a, const Trained& b) {
  double largest = 0;
  for (size_t i = 0; i < a.weights.size(); ++i) {
    largest = std::max(largest, (a.weights[i] - b.weights[i]).abs().max().item<double>());
  }
  for (size_t i = 0; i < a.figures.size(); ++i) {
    largest = std::max(largest, std::abs(a.figures[i].loss - b.figures[i].loss));
    largest = std::max(largest, std::abs(a.figures[i].accuracy - b.figures[i].accuracy));
  }
  return largest;
}

// Does the work again: what a recording may rely on is then all that the work may use.
class DoneAgain : public RecordedWork {
 public:
  DoneAgain(std::function<void()> work, int& replays) : work_(std::move(work)), replays_(replays) {}
  void replay() override {
    ++replays_;
    work_();
  }

 private:
  std::function<void()> work_;
  int& replays_;
};

TEST(TrainingStep, ReplayedItTrainsAsDoneAnew) {
  const std::vector<Batch> batches = make_batches(12, torch::kCPU);
  const Trained plain = train(batches, torch::kCPU, nullptr);
  int recordings = 0, replays = 0;
  const auto record = [&](const std::function<void()>& work) -> std::unique_ptr<RecordedWork> {
    ++recordings;
    return std::make_unique<DoneAgain>(work, replays);
  };
  const Trained replayed = train(batches, torch::kCPU, record);
  EXPECT_EQ(largest_difference(plain, replayed), 0);
  EXPECT_EQ(recordings, 1);
  EXPECT_EQ(replays, 6);  // of nine whole batches, all but the first three
}

TEST(TrainingStep, GoesOnPlainlyWhereNothingCanBeRecorded) {
  const std::vector<Batch> batches = make_batches(8, torch::kCPU);
  int asked = 0;
  const auto record = [&](const std::function<void()>&) -> std::unique_ptr<RecordedWork> {
    ++asked;
    return nullptr;
  };
  const Trained plain = train(batches, torch::kCPU, nullptr);
  EXPECT_EQ(largest_difference(plain, train(batches, torch::kCPU, record)), 0);
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(record_work(torch::kCPU, [] { FAIL() << "called"; }), nullptr);
}

TEST(TrainingStep, OnAGpuReplayedItTrainsAsDoneAnew) {
  if (!torch::cuda::is_available()) GTEST_SKIP() << "there is no CUDA device";
  use_exact_arithmetic();
  const torch::Device device = torch::kCUDA;
  const std::vector<Batch> batches = make_batches(12, device);
  const Trained plain = train(batches, device, nullptr);
  int recordings = 0;
  const auto record = [&](const std::function<void()>& work) {
    auto recorded = record_work(device, work);
    recordings += recorded ? 1 : 0;
    return recorded;
  };
  const Trained replayed = train(batches, device, record);
  if (recordings == 0) GTEST_SKIP() << "built without CUDA's headers";
  // Dropout's masks too: others would show at once.
  EXPECT_LT(largest_difference(plain, replayed), 1e-5);
  EXPECT_LT(largest_difference(plain, train(batches, torch::kCUDA, nullptr)), 1e-5);
}

TEST(TrainingStep, FiguresAreMeansOverTheEpochsPictures) {
  const std::vector<Batch> batches = make_batches(4, torch::kCPU);
  const Config config = [] {
    Config result = small_config();
    result.model.dropout = 0;
    result.optimizer.lr = 1e-30;  // the weights stay
    return result;
  }();
  Network net(config.model, config.data.image_size);
  net->initialize(config.train.seed);
  TrainingStep step(config, net, torch::kCPU, nullptr);
  step.run(batches[0]);  // another epoch's
  step.start_epoch();
  double loss = 0, hits = 0, pictures = 0;
  for (const Batch& batch : batches) {
    step.run(batch);
    const torch::NoGradGuard no_gradient;
    const torch::Tensor probability =
        torch::sigmoid(net(batch.images).squeeze(1).to(torch::kDouble));
    const torch::Tensor of_label = torch::where(batch.labels > 0.5, probability, 1 - probability);
    loss -= of_label.log().sum().item<double>();
    hits += static_cast<double>((of_label > 0.5).sum().item<int64_t>());
    pictures += static_cast<double>(batch.labels.numel());
  }
  EXPECT_EQ(step.pictures(), 13);
  EXPECT_EQ(step.steps_done(), 5);
  EXPECT_NEAR(step.figures().loss, loss / pictures, 1e-6);
  EXPECT_DOUBLE_EQ(step.figures().accuracy, hits / pictures);
}

}  // namespace
}  // namespace catdog
