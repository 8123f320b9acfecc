// SPDX-License-Identifier: Apache-2.0
// The parts of training, timed one by one through the functions that training itself calls.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "catdog/train/trainer.hpp"

namespace catdog {

// What one round took.
struct Measurement {
  std::string name;
  int64_t images;  // that went through; 0 for work without pictures
  double gflop;    // 10^9 operations of convolutions and dense layers; 0 where they are not counted
  double seconds;
};

using Measurements = std::vector<Measurement>;

// Operations of the network for one picture, in 10^9, a multiplication and an addition being two.
struct Work {
  double forward;
  double backward;  // to each layer's weights and its input, the picture itself excepted
};
Work work_per_picture(const NetworkImpl& net);

class Bench {
 public:
  // The folders outlive it; `evaluated` keeps nothing in memory. Throws DataError.
  Bench(const Config& config, const ImageFolder& training, const ImageFolder& validation,
        const ImageFolder& evaluated, torch::Device device);

  Precision precision() const { return net_->precision(); }

  // What can be timed, in the order in which a picture meets it; and the machine's limit.
  static std::vector<std::string> parts();

  // One round of one of parts(). Throws as training does.
  Measurements run(const std::string& part);

 private:
  // On one core, picture after picture.
  Measurements decode();
  Measurements resize();
  Measurements load();  // both, as training does them
  Measurements warp();

  Measurements step();
  Measurements phases();      // forward, backward and optimizer: a step taken apart
  Measurements epoch();       // a pass over the training pictures, and validation
  Measurements evaluation();  // from the files to the result, as catdog eval
  Measurements limit();

  // The parts under their names.
  using Table = std::vector<std::pair<const char*, Measurements (Bench::*)()>>;
  static const Table& parts_table();

  // Made when they are first asked for.
  const std::vector<Picture>& decoded();
  const std::vector<Batch>& batches();

  const Config config_;
  const ImageFolder& training_;
  const ImageFolder& validation_;
  const ImageFolder& evaluated_;
  const torch::Device device_;
  Network net_;
  Trainer trainer_;
  TrainingStep step_;
  std::vector<Picture> decoded_;  // some training pictures
  std::vector<Batch> batches_;
};

// Training steps of the config's network on one batch of random pictures, for about so many
// seconds, after some that do not count.
Measurement measure_steps(const Config& config, torch::Device device, double seconds);

// The machine's own limit, by ATen on LibTorch's threads: one round of the best convolution and one
// of the best matrix product among several of numbers of that type.
Measurements measure_limit(torch::Device device, torch::Dtype type);

}  // namespace catdog
