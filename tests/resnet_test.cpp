// SPDX-License-Identifier: Apache-2.0
// Residual networks, normalisation and the heads against the same written down in torch's own
// operations.
#include <gtest/gtest.h>

#include "catdog/model/network.hpp"
#include "catdog/model/normalization.hpp"
#include "catdog/train/loss.hpp"

namespace catdog {
namespace {

constexpr double kResidualTolerance = 1e-5;

ModelOptions small_resnet() {
  ModelOptions options;
  apply_architecture(options, ModelOptions::Architecture::resnet);
  options.filters = {8, 16};
  options.blocks = 2;
  options.dropout = 0;
  return options;
}

// With numbers that hide nothing: gammas of 0 would hide every block.
Network make_net(const ModelOptions& options, int classes, int image_size_px = 21) {
  Network net(options, image_size_px, classes);
  net->initialize(7);
  const torch::NoGradGuard no_gradient;
  for (auto& parameter : net->parameters()) {
    if (parameter.dim() == 1) parameter.uniform_(0.5, 1.5);
  }
  return net;
}

// Copies that record gradients of their own.
class Weights {
 public:
  explicit Weights(const Network& net) {
    for (const auto& [name, tensor] : weights_of(*net)) {
      copies_[name] = tensor.detach().clone().set_requires_grad(tensor.requires_grad());
    }
  }
  torch::Tensor operator()(const std::string& name) const { return copies_.at(name); }

  torch::Tensor convolution(const std::string& name, const torch::Tensor& x, int64_t stride,
                            int64_t padding) const {
    return torch::conv2d(x, copies_.at(name + ".weight"), {}, stride, padding);
  }
  torch::Tensor norm(const std::string& name, const torch::Tensor& x, bool training) const {
    return torch::batch_norm(x, copies_.at(name + ".weight"), copies_.at(name + ".bias"),
                             copies_.at(name + ".running_mean"), copies_.at(name + ".running_var"),
                             training, 0.1, 1e-5, false);
  }

 private:
  NamedTensors copies_;
};

// He et al., figure 2, with the shortcut of "Bag of tricks", figure 2c.
torch::Tensor by_torch(const Weights& w, const torch::Tensor& images, bool training) {
  torch::Tensor x = w.norm("stem_norm", w.convolution("stem", images, 2, 1), training).relu();
  for (const auto& [block, stride] :
       {std::pair("stage1_block1", 1), std::pair("stage1_block2", 1), std::pair("stage2_block1", 2),
        std::pair("stage2_block2", 1)}) {
    const std::string name = block;
    torch::Tensor shortcut = x;
    if (stride == 2) {
      shortcut = torch::avg_pool2d(x, 2, 2, 0, /*ceil_mode=*/true, /*count_include_pad=*/false);
      shortcut = w.norm(name + "_shortcut_norm", w.convolution(name + "_shortcut", shortcut, 1, 0),
                        training);
    }
    torch::Tensor y = w.convolution(name + "_conv1", x, stride, 1);
    y = w.norm(name + "_conv1_norm", y, training).relu();
    y = w.norm(name + "_conv2_norm", w.convolution(name + "_conv2", y, 1, 1), training);
    x = (y + shortcut).relu();
  }
  return torch::linear(x.mean({2, 3}), w("dense1.weight"), w("dense1.bias"));
}

TEST(Resnet, LogitsGradientsAndRunningFiguresAreTorchs) {
  for (const int classes : {2, 4}) {
    Network net = make_net(small_resnet(), classes);
    const Weights weights(net);
    torch::manual_seed(1);
    const torch::Tensor images = torch::rand({5, 3, 21, 21});
    net->prepare(torch::kCPU, Precision::fp32);
    net->train();
    const torch::Tensor ours = net(images), theirs = by_torch(weights, images, /*training=*/true);
    ASSERT_EQ(ours.sizes(), (std::vector<int64_t>{5, classes == 2 ? 1 : classes}));
    EXPECT_TRUE(torch::allclose(ours, theirs, kResidualTolerance, kResidualTolerance));
    ours.pow(2).mean().backward();
    theirs.pow(2).mean().backward();
    for (const auto& [name, tensor] : weights_of(*net)) {
      if (tensor.requires_grad()) {
        const torch::Tensor expected = weights(name).grad();
        EXPECT_LT((tensor.grad() - expected).norm().item<double>(),
                  kResidualTolerance * (1 + expected.norm().item<double>()))
            << name;
      } else {
        EXPECT_TRUE(torch::allclose(tensor, weights(name), kResidualTolerance, kResidualTolerance)) << name;
      }
    }
    net->eval();
    const torch::NoGradGuard no_gradient;
    EXPECT_TRUE(torch::allclose(net(images), by_torch(weights, images, /*training=*/false),
                                kResidualTolerance, kResidualTolerance));
  }
}

TEST(Resnet, Bf16IsNearFp32InTrainingAndInference) {
  Network net = make_net(small_resnet(), 3, 32);
  torch::manual_seed(1);
  const torch::Tensor images = torch::rand({8, 3, 32, 32});
  for (const bool training : {true, false}) {
    net->train(training);
    const torch::NoGradGuard no_gradient;
    net->prepare(torch::kCPU, Precision::fp32);
    const torch::Tensor full = net(images);
    net->prepare(torch::kCPU, Precision::bf16);
    const torch::Tensor half = net(images);
    EXPECT_EQ(half.scalar_type(), torch::kFloat);
    EXPECT_LT((half - full).norm().item<double>(), 0.05 * full.norm().item<double>());
    EXPECT_FALSE(torch::equal(half, full));
  }
}

TEST(Resnet, ItBeginsAsItsShortcuts) {
  Network net(small_resnet(), 21);
  net->initialize(3);
  int zeros = 0;
  for (const auto& [name, tensor] : weights_of(*net)) {
    if (name.ends_with("conv2_norm.weight")) {
      EXPECT_EQ(tensor.abs().max().item<float>(), 0) << name;
      ++zeros;
    }
  }
  EXPECT_EQ(zeros, 4);
}

TEST(Resnet, StochasticDepthSkipsPicturesInTrainingAloneAndKeepsTheMean) {
  ModelOptions options = small_resnet();
  options.stochastic_depth = 0.5;
  Network net = make_net(options, 2);
  torch::manual_seed(1);
  const torch::Tensor image = torch::rand({1, 3, 21, 21});
  const torch::Tensor images = image.expand({64, 3, 21, 21}).contiguous();
  const torch::NoGradGuard no_gradient;
  net->eval();
  const torch::Tensor whole = net(images);
  EXPECT_LT((whole - whole[0]).abs().max().item<float>(), 1e-4);
  net->train();

  EXPECT_GT(net(images).std().item<float>(), 1e-4);  // pictures differ by what they skip
}

TEST(Network, AConvnetMayBeNormalisedDeeperAndHaveAnotherHead) {
  ModelOptions options = {.filters = {4, 6},
                          .blocks = 2,
                          .norm = ModelOptions::Norm::batch,
                          .head = ModelOptions::Head::average,
                          .dense_units = 0,
                          .dropout = 0};
  Network net = make_net(options, 2, 40);
  const Weights w(net);
  torch::manual_seed(2);
  const torch::Tensor images = torch::rand({3, 3, 40, 40});
  torch::Tensor x = images;
  for (int i = 1; i <= 4; ++i) {
    const std::string name = "conv" + std::to_string(i);
    x = w.norm(name + "_norm", w.convolution(name, x, 1, 0), /*training=*/true).relu();
    if (i % 2 == 0) x = torch::max_pool2d(x, 2);
  }
  x = torch::linear(x.mean({2, 3}), w("dense1.weight"), w("dense1.bias"));
  net->train();
  EXPECT_TRUE(torch::allclose(net(images), x, kResidualTolerance, kResidualTolerance));
}

TEST(Loss, WithClassesSmoothingAndMixingIsTorchs) {
  torch::manual_seed(1);
  Batch batch = {.images = {}, .labels = torch::tensor({0.f, 2.f, 1.f}), .indices = {}};
  const torch::Tensor logits = torch::randn({3, 3});
  const torch::Tensor smooth = targets_of(batch, 3, 0.1, torch::kCPU);
  const torch::Tensor labels = batch.labels.to(torch::kLong);
  const auto expected = torch::nn::functional::cross_entropy(
      logits, labels, torch::nn::functional::CrossEntropyFuncOptions().label_smoothing(0.1));
  EXPECT_NEAR(cross_entropy(logits, smooth).item<double>(), expected.item<double>(), 1e-6);
  // A mixed picture's loss is that of both labels, by their shares.
  batch.other_labels = torch::tensor({1.f, 2.f, 0.f});
  batch.share = 0.7;
  const torch::Tensor mixed = targets_of(batch, 3, 0, torch::kCPU);
  const double both =
      0.7 * torch::cross_entropy_loss(logits, labels).item<double>() +
      0.3 * torch::cross_entropy_loss(logits, batch.other_labels.to(torch::kLong)).item<double>();
  EXPECT_NEAR(cross_entropy(logits, mixed).item<double>(), both, 1e-6);
  EXPECT_EQ(mixed[0][0].item<float>(), 0.7f);
}

TEST(Loss, ClassWeightsMultiplyEachClassesPart) {
  const torch::Tensor z = torch::tensor({{0.5f}, {-1.f}}), targets = torch::tensor({1.f, 0.f});
  const torch::Tensor weights = torch::tensor({2.f, 0.5f});
  const double expected = (0.5 * std::log1p(std::exp(-0.5)) + 2 * std::log1p(std::exp(-1.0))) / 2;
  EXPECT_NEAR(cross_entropy(z, targets, weights).item<double>(), expected, 1e-6);
  // The same as two outputs, 0 and z.
  const torch::Tensor two = torch::cat({torch::zeros_like(z), z}, 1);
  const torch::Tensor both = torch::stack({1 - targets, targets}, 1);
  EXPECT_NEAR(cross_entropy(two, both, weights).item<double>(), expected, 1e-6);
  EXPECT_EQ(count_hits(z, targets).item<int64_t>(), 2);
  EXPECT_EQ(count_hits(two, both).item<int64_t>(), 2);
}

}  // namespace
}  // namespace catdog
