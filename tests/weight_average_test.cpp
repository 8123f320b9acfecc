// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/weight_average.hpp"

#include <gtest/gtest.h>

#include "catdog/judge/predictions.hpp"
#include "catdog/train/inference.hpp"
#include "trainer_support.hpp"

namespace catdog {
namespace {

using test::equal_weights;
using test::TrainerTest;

// After t updates d = min(decay, (1 + t) / (10 + t)): 1/10, 2/11, 3/12, and then the decay.
TEST(WeightAverage, FollowsTheWeightsAsWrittenDown) {
  Network net(ModelOptions{.filters = {4}, .norm = ModelOptions::Norm::batch, .dense_units = 3},
              12);
  net->initialize(1);
  const auto set = [&](float value) {
    const torch::NoGradGuard no_gradient;
    for (const auto& [name, tensor] : weights_of(*net)) tensor.fill_(value);
  };
  set(1);
  WeightAverage average(net, /*decay=*/0.2);
  double expected = 1;
  const double values[] = {2, 5, -1, 4}, decays[] = {0.1, 2.0 / 11, 0.2, 0.2};
  for (int i = 0; i < 4; ++i) {
    set(static_cast<float>(values[i]));
    average.set_position(i);
    average.update();
    expected = decays[i] * expected + (1 - decays[i]) * values[i];
    for (const auto& [name, tensor] : weights_of(*average.network())) {
      EXPECT_NEAR(tensor.flatten()[0].item<double>(), expected, 1e-6) << name;
    }
  }
}

TEST_F(TrainerTest, ValidationAndTheKeptNetworkAreTheAverages) {
  config_.train.average = 0.9;
  const ImageFolder pictures = open();
  Network net = make_net();
  Trainer trainer(config_, net, pictures, pictures, torch::kCPU);
  const EpochResult result = trainer.run_epoch([](const Progress&) {});
  Network kept = trainer.network();
  EXPECT_FALSE(equal_weights(kept, net));
  const Predictions predictions = infer(kept, pictures, torch::kCPU, 0);
  double loss = 0;
  for (int64_t i = 0; i < predictions.count(); ++i) {
    loss += cross_entropy(predictions.scores_of(i), predictions.labels[static_cast<size_t>(i)]);
  }
  EXPECT_NEAR(result.val_loss, loss / static_cast<double>(predictions.count()), 1e-9);
}

TEST_F(TrainerTest, ABatchInPartsGivesTheGradientsOfTheWhole) {
  config_.model.dropout = 0;
  config_.optimizer.name = OptimizerOptions::Name::sgd;
  const Network whole = train(1);
  config_.train.accumulate = 3;  // of 8 pictures: 3, 3 and 2
  const Network parts = train(1);
  const NamedTensors of_parts = weights_of(*parts);
  for (const auto& [name, tensor] : weights_of(*whole)) {
    EXPECT_TRUE(torch::allclose(tensor, of_parts.at(name), 1e-4, 1e-6)) << name;
  }
  EXPECT_FALSE(equal_weights(whole, parts));  // the sums are made in another order
}

TEST_F(TrainerTest, ThreeClassesAreLearntByHeart) {
  add_third_class();
  config_.train.batch_size = 24;  // one batch
  config_.model.dropout = 0;
  EpochResult last{};
  train(200, &last);
  EXPECT_EQ(last.accuracy, 1);
  EXPECT_EQ(last.val_accuracy, 1);
  EXPECT_LT(last.loss, 0.05);
}

TEST_F(TrainerTest, TheMirroredPictureIsAveragedIn) {
  const ImageFolder pictures = open();
  Network net = make_net();
  const Predictions plain = infer(net, pictures, torch::kCPU, 0);
  const Predictions both = infer(net, pictures, torch::kCPU, 0, View::and_mirrored);
  net->eval();
  const torch::NoGradGuard no_gradient;
  for (size_t i = 0; i < plain.labels.size(); ++i) {
    ImageFolder folder = pictures;
    const torch::Tensor image = folder.get(i).data.unsqueeze(0);
    const double mean = (net(image) + net(image.flip(3))).item<double>() / 2;
    EXPECT_NEAR(both.scores[2 * i + 1], mean, 1e-6);
  }
  EXPECT_NE(plain.scores, both.scores);
}

}  // namespace
}  // namespace catdog
