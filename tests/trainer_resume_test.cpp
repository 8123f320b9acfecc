// SPDX-License-Identifier: Apache-2.0
// A run that is interrupted after every single step, each time to go on in a new trainer, comes to
// the same bits as one that is not.
#include <gtest/gtest.h>

#include <functional>

#include "trainer_support.hpp"

namespace catdog {
namespace {

using test::equal_weights;
using test::TrainerTest;

class GoesOnFromAnyStep : public TrainerTest,
                          public testing::WithParamInterface<std::function<void(Config&)>> {};

TEST_P(GoesOnFromAnyStep, ToTheSameBitsAndFigures) {
  config_.train.epochs = 2;
  GetParam()(config_);
  EpochResult expected{};
  const Network whole = train(2, &expected);
  struct Stop {};
  NamedTensors kept;
  Position position;
  std::vector<double> val_losses;
  EpochResult last{};
  Network kept_net = nullptr;
  int processes = 0;
  for (; last.epoch < 2 && processes < 20; ++processes) {
    config_.data.workers = processes % 3;
    const ImageFolder pictures = open();
    Network net = make_net();
    Trainer trainer(config_, net, pictures, pictures, torch::kCPU);
    if (processes > 0) {
      copy_tensors(kept, trainer.tensors(), "kept");
      trainer.set_position(position, val_losses);
    }
    try {
      last = trainer.run_epoch([](const Progress&) { throw Stop(); });
      val_losses.push_back(last.val_loss);
    } catch (const Stop&) {
    }
    kept.clear();
    for (const auto& [name, tensor] : trainer.tensors()) kept[name] = tensor.detach().clone();
    position = trainer.position();
    kept_net = trainer.network();
  }
  EXPECT_EQ(processes, 8);  // six steps, and after each epoch's last one its validation
  EXPECT_TRUE(equal_weights(whole, kept_net));
  EXPECT_EQ(last.loss, expected.loss);
  EXPECT_EQ(last.accuracy, expected.accuracy);
  EXPECT_EQ(last.val_loss, expected.val_loss);
  EXPECT_EQ(last.val_accuracy, expected.val_accuracy);
  EXPECT_EQ(last.lr, expected.lr);
}

INSTANTIATE_TEST_SUITE_P(
    Trainer, GoesOnFromAnyStep,
    testing::Values([](Config&) {},
                    [](Config& config) {
                      config.optimizer = {.name = OptimizerOptions::Name::adamw,
                                          .lr = 2e-3,
                                          .weight_decay = 0.05,
                                          .clip_norm = 1};
                      config.schedule = {.name = ScheduleOptions::Name::cosine,
                                         .warmup_epochs = 0.5};
                      config.train.label_smoothing = 0.1;
                    },
                    [](Config& config) {
                      config.optimizer = {
                          .name = OptimizerOptions::Name::sgd, .lr = 0.01, .nesterov = true};
                      config.schedule = {.name = ScheduleOptions::Name::plateau, .patience = 1};
                      config.train.balance_classes = true;
                    },
                    [](Config& config) {
                      apply_architecture(config.model, ModelOptions::Architecture::resnet);
                      config.model.filters = {8, 16};
                      config.model.stochastic_depth = 0.3;
                      config.optimizer = {.name = OptimizerOptions::Name::muon, .lr = 2e-3};
                      config.train.average = 0.9;
                      config.train.accumulate = 2;
                      config.train.first_size = 8;
                      config.train.last_size = 32;
                    },
                    [](Config& config) {
                      config.model.norm = ModelOptions::Norm::batch;
                      config.augment.mixup_alpha = 0.5;
                      config.augment.cutmix_alpha = 1;
                      config.augment.mix_share = 0.7;
                      config.augment.mix_epochs = 1;
                      config.augment.crop_area = {0.3, 1};
                      config.augment.saturation_range = {0.5, 1.5};
                      config.augment.rand_augment_ops = 2;
                      config.train.average = 0.9;
                    }));

}  // namespace
}  // namespace catdog
