// SPDX-License-Identifier: Apache-2.0
// A folder of twenty small pictures, and a small network that is trained on them.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "catdog/train/trainer.hpp"
#include "test_support.hpp"

namespace catdog::test {

inline constexpr int kSide = 16;

class TrainerTest : public testing::Test {
 protected:
  TrainerTest() {
    for (int i = 0; i < 10; ++i) {
      // Cats are noise, dogs are smooth.
      const std::string name = std::to_string(i) + ".png";
      write_text(folder_ / "cats" / name, encode(make_noise(kSide, kSide, 1 + i), ".png"));
      write_picture(folder_ / "dogs" / name, i, kSide, kSide);
    }
    config_.data = {.image_size = kSide, .workers = 2};
    config_.model = {.filters = {4, 8}, .dense_units = 16, .dropout = 0.3};
    config_.optimizer.lr = 1e-3;
    config_.train = {.batch_size = 8, .seed = 5};
  }

  Network make_net() const {
    Network net(config_.model, config_.data.image_size, classes_);
    net->initialize(config_.train.seed);
    use_channels_last(*net);
    return net;
  }

  ImageFolder open() const {
    return ImageFolder(folder_.path(), config_.data, std::make_shared<ByteBudget>(1 << 20));
  }

  void add_third_class() {
    for (int i = 0; i < 4; ++i) {
      // Mice are smooth too, and darkest where dogs are brightest.
      const Picture picture = ~make_picture(kSide, kSide, i);
      write_text(folder_ / "mice" / (std::to_string(i) + ".png"), encode(picture, ".png"));
    }
    classes_ = 3;
  }

  // The network that is kept after some epochs.
  Network train(int epochs, EpochResult* last = nullptr) const {
    const ImageFolder pictures = open();
    Network net = make_net();
    Trainer trainer(config_, net, pictures, pictures, torch::kCPU);
    for (int epoch = 0; epoch < epochs; ++epoch) {
      const EpochResult result = trainer.run_epoch([](const Progress&) {});
      if (last != nullptr) *last = result;
    }
    return trainer.network();
  }

  TempFolder folder_;
  Config config_;
  int classes_ = 2;
};

// Normalisation's running figures too.
inline bool equal_weights(const Network& a, const Network& b) {
  const NamedTensors of_b = weights_of(*b);
  for (const auto& [name, tensor] : weights_of(*a)) {
    if (!torch::equal(tensor, of_b.at(name))) return false;
  }
  return true;
}

}  // namespace catdog::test
