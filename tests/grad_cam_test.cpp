// SPDX-License-Identifier: Apache-2.0
// Grad-CAM against the same computed through the whole network by torch's own operations, and on a
// network of which it is known what it looks at.
#include "catdog/model/grad_cam.hpp"

#include <gtest/gtest.h>

namespace catdog {
namespace {

Network make_net() {
  Network net(ModelOptions{.filters = {4, 6}, .dense_units = 10, .dropout = 0.5}, 30);
  net->initialize(3);
  net->eval();
  return net;
}

// The paper's equations, from one backward pass that begins at the logit of the whole network.
torch::Tensor by_torch(Network& net, const torch::Tensor& image, int label) {
  const auto weights = net->named_parameters();
  const auto at = [&](const char* name) { return weights[name]; };
  const torch::Tensor pooled =
      torch::max_pool2d(torch::conv2d(image, at("conv1.weight"), at("conv1.bias")).relu(), 2);
  torch::Tensor maps = torch::conv2d(pooled, at("conv2.weight"), at("conv2.bias")).relu();
  maps.retain_grad();
  torch::Tensor x = torch::max_pool2d(maps, 2).flatten(1);
  x = torch::linear(x, at("dense1.weight"), at("dense1.bias")).relu();
  const torch::Tensor logit = torch::linear(x, at("dense2.weight"), at("dense2.bias"));
  (label == 1 ? logit : -logit).sum().backward();
  const torch::Tensor alpha = maps.grad().mean({2, 3});  // (1, C)
  torch::Tensor heat = torch::zeros_like(maps[0][0]);
  for (int64_t k = 0; k < maps.size(1); ++k) heat = heat + alpha[0][k] * maps[0][k].detach();
  heat = heat.relu();
  return heat / std::max(heat.max().item<float>(), 1e-30f);
}

TEST(GradCam, AgreesWithTheWholeNetworksGradient) {
  Network net = make_net();
  torch::manual_seed(5);
  const torch::Tensor images = torch::rand({3, 3, 30, 30});
  const std::vector<int> classes = {1, 0, 1};  // where nothing speaks for one, its map is 0
  const torch::Tensor maps = grad_cam(net, images, classes);
  ASSERT_EQ(maps.sizes(), (std::vector<int64_t>{3, 12, 12}));
  for (int64_t i = 0; i < 3; ++i) {
    const torch::Tensor expected = by_torch(net, images.slice(0, i, i + 1), classes[i]);
    EXPECT_TRUE(torch::allclose(maps[i], expected, 1e-4, 1e-5)) << i;
  }
}

TEST(GradCam, LeavesTheNetworkAsItWas) {
  Network net = make_net();
  net->train();
  net->prepare(torch::kCPU, Precision::bf16);
  grad_cam(net, torch::rand({1, 3, 30, 30}), {1});
  EXPECT_TRUE(net->is_training());
  EXPECT_EQ(net->precision(), Precision::bf16);
  for (const auto& weight : net->parameters()) EXPECT_FALSE(weight.grad().defined());
}

// All weights 1 and no biases: light is what speaks for class 1, and nothing speaks for class 0.
TEST(GradCam, FindsTheOneBrightPlace) {
  Network net = make_net();
  {
    const torch::NoGradGuard no_gradient;
    for (auto& weight : net->parameters()) weight.fill_(weight.dim() > 1 ? 1 : 0);
  }
  torch::Tensor images = torch::zeros({1, 3, 30, 30});
  images.slice(2, 20, 24).slice(3, 4, 8).fill_(1);
  const torch::Tensor heat = grad_cam(net, images, {1})[0];
  const int64_t place = heat.argmax().item<int64_t>();
  EXPECT_EQ(heat.max().item<float>(), 1);
  // Row 20 to 23 of 30 lies at row 9 of the 12 that two convolutions and a pooling leave.
  EXPECT_NEAR(static_cast<double>(place / 12), 9, 1.5);
  EXPECT_NEAR(static_cast<double>(place % 12), 2, 1.5);
  EXPECT_EQ(grad_cam(net, images, {0}).abs().sum().item<float>(), 0);
}

}  // namespace
}  // namespace catdog
