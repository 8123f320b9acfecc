// SPDX-License-Identifier: Apache-2.0
// Training on small pictures: it learns, repeats to the bit, and its figures are what they say.
#include "catdog/train/trainer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "catdog/core/error.hpp"
#include "catdog/judge/evaluation.hpp"
#include "catdog/train/inference.hpp"
#include "test_support.hpp"
#include "trainer_support.hpp"

namespace catdog {
namespace {

using test::equal_weights;
using test::kSide;
using test::TrainerTest;

TEST_F(TrainerTest, LearnsAFewPicturesByHeart) {
  config_.train.batch_size = 20;  // one batch
  config_.model.dropout = 0;
  EpochResult last{};
  train(200, &last);
  EXPECT_EQ(last.epoch, 200);
  EXPECT_EQ(last.accuracy, 1);
  EXPECT_LT(last.loss, 0.05);
}

TEST_F(TrainerTest, RepeatsToTheBitWithAnyNumberOfWorkers) {
  Network first = train(3);
  for (const int workers : {0, 1, 4}) {
    config_.data.workers = workers;
    Network again = train(3);
    EXPECT_TRUE(equal_weights(first, again)) << workers << " workers";
  }
  config_.train.seed = 6;
  Network other = train(3);
  EXPECT_FALSE(equal_weights(first, other));
}

TEST_F(TrainerTest, ThePositionPersistsOverEpochs) {
  // 3 batches a pass: 6 epochs of 2 steps are 4 passes, as are 4 epochs of 3.
  config_.train.steps_per_epoch = 2;
  Network first = train(6);
  config_.train.steps_per_epoch = 0;
  Network second = train(4);
  EXPECT_TRUE(equal_weights(first, second));
}

TEST_F(TrainerTest, FiguresAreWhatTheySay) {
  const ImageFolder pictures = open();
  Network net = make_net();
  Trainer trainer(config_, net, pictures, pictures, torch::kCPU);
  std::vector<Progress> seen;
  const EpochResult result = trainer.run_epoch([&](const Progress& p) { seen.push_back(p); });
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen[0].step, 1);
  EXPECT_EQ(seen[2].step, 3);
  EXPECT_EQ(seen[2].steps, 3);
  EXPECT_EQ(seen[2].loss, result.loss);
  EXPECT_EQ(seen[2].accuracy, result.accuracy);

  // Validation is the network as it is after the epoch, in inference mode.
  const Evaluation validation = evaluate(infer(net, pictures, torch::kCPU, 0));
  EXPECT_EQ(validation.n, 20);
  EXPECT_DOUBLE_EQ(result.val_loss, validation.loss);
  EXPECT_DOUBLE_EQ(result.val_accuracy, validation.accuracy);
  EXPECT_TRUE(net->is_training());  // as it was
  EXPECT_EQ(result.lr, 1e-3);
  EXPECT_GT(result.images_per_second, 0);
}

TEST_F(TrainerTest, TheFirstStepsLossIsThatOfTheInitialWeights) {
  config_.model.dropout = 0;
  config_.train.batch_size = 20;
  const ImageFolder pictures = open();
  Network net = make_net();
  const Evaluation before = evaluate(infer(net, pictures, torch::kCPU, 0));
  Trainer trainer(config_, net, pictures, pictures, torch::kCPU);
  const EpochResult result = trainer.run_epoch([](const Progress&) {});
  EXPECT_NEAR(result.loss, before.loss, 1e-5);
  EXPECT_DOUBLE_EQ(result.accuracy, before.accuracy);
}

TEST_F(TrainerTest, ALossThatIsNotFiniteStopsTheRunAndNamesTheStep) {
  const ImageFolder pictures = open();
  Network net = make_net();
  {
    const torch::NoGradGuard no_gradient;
    net->parameters().back().fill_(std::nan(""));
  }
  Trainer trainer(config_, net, pictures, pictures, torch::kCPU);
  const std::string message =
      test::message_of<NotFinite>([&] { trainer.run_epoch([](const Progress&) {}); });
  EXPECT_TRUE(
      message.starts_with("the loss is not a finite number in epoch 1, training step 1 on "))
      << message;
  EXPECT_TRUE(message.ends_with(".png: a smaller --lr may help")) << message;
  // Each of the batch's pictures, by class and name, and no other.
  const std::vector<int64_t> first = training_batches(config_, pictures)->next()->indices;
  EXPECT_EQ(std::count(message.begin(), message.end(), '/'), std::ssize(first));
  for (const int64_t index : first) {
    const std::string file = pictures.file(static_cast<size_t>(index)).string();
    EXPECT_NE(message.find(file.substr(folder_.path().string().size() + 1)), message.npos) << file;
  }
}

TEST_F(TrainerTest, WeightsThatAreNotFiniteStopTheRunWhateverTheLossSays) {
  const ImageFolder pictures = open();
  Network net = make_net();
  Trainer trainer(config_, net, pictures, pictures, torch::kCPU);
  // Broken after the epoch's last step, where no loss can show it.
  const auto break_at_the_end = [&](const Progress& progress) {
    const torch::NoGradGuard no_gradient;
    if (progress.step == progress.steps) net->parameters().front().fill_(-std::nan(""));
  };
  const std::string message =
      test::message_of<NotFinite>([&] { trainer.run_epoch(break_at_the_end); });
  EXPECT_TRUE(message.starts_with(
      "the weights conv1.weight are not finite numbers in epoch 1, training step 3 on "))
      << message;
}

TEST_F(TrainerTest, AValidationLossThatIsNotFiniteStopsTheRun) {
  const ImageFolder pictures = open();
  Network net = make_net();
  Trainer trainer(config_, net, pictures, pictures, torch::kCPU);
  // Finite weights whose logits are not, once training's figures are known.
  const auto blow_up_at_the_end = [&](const Progress& progress) {
    const torch::NoGradGuard no_gradient;
    if (progress.step == progress.steps) weights_of(*net).at("dense2.weight").fill_(3e38);
  };
  EXPECT_EQ(test::message_of<NotFinite>([&] { trainer.run_epoch(blow_up_at_the_end); }),
            "the validation loss is not a finite number after epoch 1, training step 3: a smaller "
            "--lr may help");
}

TEST_F(TrainerTest, TheScheduleSetsTheLearningRateOfEachStep) {
  config_.train.epochs = 2;
  config_.optimizer.lr = 0.001;
  config_.schedule = {.name = ScheduleOptions::Name::step, .every_epochs = 1, .factor = 0.5};
  EpochResult last{};
  Network scheduled = train(2, &last);
  EXPECT_DOUBLE_EQ(last.lr, 0.0005);
  config_.schedule = {};
  Network constant = train(2, &last);
  EXPECT_FALSE(equal_weights(scheduled, constant));
  EXPECT_DOUBLE_EQ(last.lr, 0.001);
}

// Twenty pictures in batches of eight: three a pass, but an epoch may end anywhere.
TEST_F(TrainerTest, PicturesGrowFromPassToPass) {
  apply_architecture(config_.model, ModelOptions::Architecture::resnet);
  config_.model.filters = {4, 8};
  config_.train.epochs = 4;
  config_.train.first_size = 8;
  config_.train.last_size = 32;
  const ImageFolder pictures = open();
  const auto sides = [&](int batches) {
    std::vector<int64_t> found;
    const auto source = training_batches(config_, pictures, {.end = batches});
    while (const std::optional<Batch> batch = source->next()) {
      EXPECT_EQ(batch->images.size(2), batch->images.size(3));
      found.push_back(batch->images.size(2));
    }
    return found;
  };
  EXPECT_EQ(sides(12), (std::vector<int64_t>{8, 8, 8, 16, 16, 16, 24, 24, 24, 32, 32, 32}));
  config_.train.steps_per_epoch = 2;  // eight steps: two passes and two steps of a third
  EXPECT_EQ(sides(8), (std::vector<int64_t>{8, 8, 8, 24, 24, 24, 32, 32}));
  config_.train.first_size = 0;  // data.image_size
  config_.train.last_size = 8;
  EXPECT_EQ(sides(8), (std::vector<int64_t>{16, 16, 16, 8, 8, 8, 8, 8}));
  config_.train.steps_per_epoch = 0;
  config_.train.first_size = 16;
  config_.train.last_size = 22;  // which is not passed by on the way
  EXPECT_EQ(sides(12), (std::vector<int64_t>{16, 16, 16, 16, 16, 16, 22, 22, 22, 22, 22, 22}));
}

TEST_F(TrainerTest, PicturesKeptLargerBecomeTheNetworksSize) {
  config_.data.image_size = 24;
  const ImageFolder pictures = open();
  config_.data.image_size = kSide;
  EXPECT_EQ(training_batches(config_, pictures)->next()->images.size(2), kSide);
}

TEST_F(TrainerTest, SizesThatTheNetworkCannotSeeAreRefused) {
  const ImageFolder pictures = open();
  const auto message = [&] {
    return test::message_of<ConfigError>([&] { training_batches(config_, pictures); });
  };
  config_.train.last_size = 24;
  EXPECT_EQ(message(),
            "train.last_size = 24: with model.head = flatten the network sees pictures of "
            "data.image_size = 16 alone; model.head = average sees any");
  config_.model.head = ModelOptions::Head::average;
  config_.train.first_size = 7;
  EXPECT_EQ(message(),
            "pictures of 7×7 px are too small for the 2 stages of model.filters: a larger "
            "data.image_size and train.first_size, or fewer stages");
}

// The first step is then computed twice, which normalisation's running figures must not see.
TEST_F(TrainerTest, CheckingThatAStepRepeatsChangesNoNumber) {
  config_.model.norm = ModelOptions::Norm::batch;
  const Network plain = train(1);
  config_.train.deterministic = true;
  EXPECT_TRUE(equal_weights(plain, train(1)));
}

// All labels smoothed away leave a network nothing to learn: the loss is log 2 at a logit of 0 and
// above it elsewhere, whatever the label.
TEST_F(TrainerTest, SmoothedLabelsAreShares) {
  config_.train.label_smoothing = 0.999999;
  config_.optimizer.lr = 1e-9;
  EpochResult result{};
  train(1, &result);
  EXPECT_GE(result.loss, std::log(2.0) - 1e-6);
}

TEST_F(TrainerTest, InferenceKeepsTheFoldersOrderForAnyNumberOfWorkers) {
  const ImageFolder pictures = open();
  Network net = make_net();
  const Predictions alone = infer(net, pictures, torch::kCPU, 0);
  const Predictions pooled = infer(net, pictures, torch::kCPU, 3);
  EXPECT_EQ(alone.scores, pooled.scores);
  EXPECT_EQ(alone.labels, pooled.labels);
  for (size_t i = 0; i < 20; ++i) EXPECT_EQ(alone.labels[i], i < 10 ? 0 : 1);
}

}  // namespace
}  // namespace catdog
