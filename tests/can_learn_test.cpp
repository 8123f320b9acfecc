// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/can_learn.hpp"

#include <gtest/gtest.h>

#include "catdog/model/network.hpp"
#include "catdog/train/loss.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::message_of;

Config one_pixel_resnet(int image_size = 32) {
  Config config;
  config.data.image_size = image_size;
  apply_architecture(config.model, ModelOptions::Architecture::resnet);
  config.model.filters = {4, 4, 4, 4, 4};
  config.train.batch_size = 1;
  return config;
}

std::string refusal(const Config& config, int64_t images) {
  return message_of<ConfigError>([&] { check_can_learn(config, images); });
}

TEST(CanLearn, NormalizationOfOneValuePerChannelIsRefused) {
  EXPECT_EQ(refusal(one_pixel_resnet(), 40),
            "the network cannot learn: stage5_block1_shortcut_norm normalises maps of 1×1 px over "
            "batches of one image, and one value per channel always becomes 0; choose a "
            "train.batch_size of at least 2, larger images (data.image_size), fewer stages in "
            "model.filters or model.norm=none");
  Config config = one_pixel_resnet();
  config.train.batch_size = 8;
  EXPECT_NE(refusal(config, 1).find("choose larger images"), std::string::npos);
  config.train.accumulate = 8;
  EXPECT_NE(refusal(config, 40).find("a smaller train.accumulate than 8"), std::string::npos);
  EXPECT_NE(refusal(config, 4).find("a smaller train.accumulate than 4"), std::string::npos);
  config = one_pixel_resnet(64);
  config.train.first_size = 32;
  EXPECT_NE(refusal(config, 40).find("(train.first_size, train.last_size)"), std::string::npos);
}

TEST(CanLearn, EachRemedyIsAccepted) {
  const auto accepted = [](const auto& change) {
    Config config = one_pixel_resnet();
    change(config);
    check_can_learn(config, 40);  // throws if it is refused
  };
  EXPECT_NO_THROW(accepted([](Config& config) { config.train.batch_size = 2; }));
  EXPECT_NO_THROW(accepted([](Config& config) { config.data.image_size = 33; }));
  EXPECT_NO_THROW(accepted([](Config& config) { config.model.filters = {4, 4, 4, 4}; }));
  EXPECT_NO_THROW(
      accepted([](Config& config) { config.model.norm = ModelOptions::Norm::none; }));
  EXPECT_NO_THROW(accepted([](Config& config) {
    config.train.batch_size = 8;
    config.train.accumulate = 7;
  }));
}

TEST(CanLearn, ALastBatchOfOneImageIsAccepted) {
  Config config = one_pixel_resnet();
  config.train.batch_size = 2;
  EXPECT_NO_THROW(check_can_learn(config, 3));
  config.train.batch_size = 32;
  EXPECT_NO_THROW(check_can_learn(config, 33));
}

// The check and the network agree: refused is what leaves the first layer without a gradient.
TEST(CanLearn, RefusesWhatHasNoGradient) {
  for (const int side : {17, 31, 32, 33, 64}) {
    for (const int batch : {1, 2}) {
      Config config = one_pixel_resnet(side);
      config.train.batch_size = batch;
      Network net(config.model, side);
      net->initialize(1);
      const torch::NoGradGuard no_gradient;
      for (auto& parameter : net->parameters()) {
        if (parameter.dim() == 1) parameter.uniform_(0.5, 1.5);
      }
      double gradient = 0;
      {
        const torch::AutoGradMode with_gradient(true);
        const torch::Tensor images = torch::rand({batch, 3, side, side});
        net(images).square().sum().backward();
        gradient = net->named_parameters()["stem.weight"].grad().abs().max().item<double>();
      }
      bool refused = false;
      try {
        check_can_learn(config, 40);
      } catch (const ConfigError&) {
        refused = true;
      }
      EXPECT_EQ(refused, gradient < 1e-12) << side << " px, batches of " << batch;
    }
  }
}

TEST(CanLearn, BlackImagesAreRefused) {
  Config config;
  config.augment.brightness_range = {0, 0};
  EXPECT_NE(refusal(config, 40).find("augment.brightness_range"), std::string::npos);
  config.augment.brightness_range = {0, 1};
  EXPECT_NO_THROW(check_can_learn(config, 40));
}

TEST(CanLearn, AWarmupLongerThanTheRunIsWarnedOf) {
  Config config;
  config.train.epochs = 2;
  const auto warning = [&] {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    check_can_learn(config, 64);
    return testing::internal::GetCapturedStdout() + testing::internal::GetCapturedStderr();
  };
  config.schedule.warmup_epochs = 2;
  EXPECT_EQ(warning(), "");
  config.schedule.warmup_epochs = 8;
  EXPECT_NE(warning().find("the learning rate reaches 25 % of optimizer.lr"), std::string::npos);
}

}  // namespace
}  // namespace catdog
