// SPDX-License-Identifier: Apache-2.0
// The network and a training step against PyTorch in Python: see data/make_convnet_reference.py.
#include "catdog/model/network.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "catdog/core/error.hpp"
#include "catdog/train/trainer.hpp"

namespace catdog {
namespace {

constexpr double kTolerance = 1e-5;

// The same bytes as make_convnet_reference.py's pictures().
torch::Tensor make_images(int64_t count, int64_t size_px) {
  torch::Tensor images = torch::empty({count, 3, size_px, size_px});
  float* pixel = images.mutable_data_ptr<float>();
  for (uint32_t i = 0; i < images.numel(); ++i) {
    pixel[i] = static_cast<float>(i * 2654435761u >> 24) * static_cast<float>(1.0 / 255);
  }
  return images;
}

// Compares evenly spaced entries, and the sum of all of them.
void expect_sample(const torch::Tensor& tensor, const Json& expected, const std::string& name) {
  const torch::Tensor flat = tensor.detach().contiguous().flatten();
  const int64_t step = expected["step"];
  const auto values = expected["values"].get<std::vector<double>>();
  ASSERT_EQ(static_cast<int64_t>(values.size()), (flat.numel() + step - 1) / step) << name;
  for (size_t i = 0; i < values.size(); ++i) {
    EXPECT_NEAR(flat[static_cast<int64_t>(i) * step].item<double>(), values[i], kTolerance)
        << name << ", sampled entry " << i;
  }
  const double sum = expected["sum"];
  EXPECT_NEAR(flat.to(torch::kDouble).sum().item<double>(), sum,
              kTolerance * std::max(1.0, std::abs(sum)))
      << name;
}

struct Case {
  const char* name;
  torch::Dtype type;
  int steps;  // of RMSprop; 32-bit rounding errors grow too much in ten steps of a large network
};

class AgainstPyTorch : public testing::TestWithParam<Case> {};

TEST_P(AgainstPyTorch, WeightsLogitsLossGradientsAndStepsAgree) {
  std::ifstream file(CATDOG_TEST_DATA "/convnet_reference.json");
  const Json reference = Json::parse(file).at(GetParam().name);
  Network net(
      ModelOptions{
          .filters = reference["filters"], .dense_units = reference["dense_units"], .dropout = 0},
      reference["size"].get<int>());
  net->initialize(reference["seed"]);
  for (const auto& item : net->named_parameters()) {
    expect_sample(item.value(), reference["initial"][item.key()], "initial " + item.key());
  }
  net->to(GetParam().type);
  use_channels_last(*net);

  const int64_t count = reference["count"];
  const torch::Tensor images = make_images(count, reference["size"])
                                   .to(GetParam().type)
                                   .contiguous(torch::MemoryFormat::ChannelsLast);
  const torch::Tensor labels = torch::arange(count).remainder(2).to(GetParam().type);
  Optimizer optimizer(OptimizerOptions(), weights_of(*net));
  for (int step = 0; step < GetParam().steps; ++step) {
    optimizer.zero_grad();
    const torch::Tensor logits = net(images).squeeze(1);
    const torch::Tensor loss = torch::binary_cross_entropy_with_logits(logits, labels);
    loss.backward();
    EXPECT_NEAR(loss.item<double>(), reference["losses"][step].get<double>(), kTolerance);
    for (int64_t i = 0; step == 0 && i < count; ++i) {
      EXPECT_NEAR(logits[i].item<double>(), reference["logits"][i].get<double>(), kTolerance);
    }
    for (const auto& item : net->named_parameters()) {
      if (step == 0) {
        expect_sample(item.value().grad(), reference["gradients"][item.key()],
                      "gradient " + item.key());
      }
    }
    optimizer.step();
  }
  for (const auto& item : net->named_parameters()) {
    if (GetParam().steps == 10) {
      expect_sample(item.value(), reference["after_ten_steps"][item.key()], "after " + item.key());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Network, AgainstPyTorch,
                         testing::Values(Case{"small", torch::kFloat, 10},
                                         Case{"book", torch::kDouble, 10},
                                         Case{"book", torch::kFloat, 1}));

TEST(Network, TheBooksHas3453121Parameters) {
  const Network net(ModelOptions(), 150);
  int64_t count = 0;
  for (const auto& parameter : net->parameters()) count += parameter.numel();
  EXPECT_EQ(count, 3453121);
}

TEST(Network, Bf16IsNearFp32AndLeavesWeightsAndLogitsInFp32) {
  Network net(ModelOptions{.filters = {16, 32}, .dense_units = 64, .dropout = 0}, 40);
  net->initialize(1);
  use_channels_last(*net);
  {
    const torch::NoGradGuard no_gradient;  // biases of zero would hide one that is lost
    for (auto& parameter : net->parameters()) {
      if (parameter.dim() == 1) parameter.fill_(0.25);
    }
  }
  const torch::Tensor images = make_images(4, 40).contiguous(torch::MemoryFormat::ChannelsLast);
  std::vector<torch::Tensor> logits;
  std::vector<std::vector<torch::Tensor>> gradients;
  for (const Precision precision : {Precision::fp32, Precision::bf16}) {
    net->prepare(torch::kCPU, precision);
    net->zero_grad();
    logits.push_back(net(images));
    logits.back().sum().backward();
    gradients.emplace_back();
    for (const auto& parameter : net->parameters()) {
      gradients.back().push_back(parameter.grad().clone());
    }
  }
  ASSERT_EQ(logits[1].scalar_type(), torch::kFloat);
  EXPECT_TRUE(torch::allclose(logits[1], logits[0], 0.02, 0.02));
  EXPECT_FALSE(torch::equal(logits[1], logits[0]));
  for (size_t i = 0; i < gradients[0].size(); ++i) {
    ASSERT_EQ(gradients[1][i].scalar_type(), torch::kFloat);
    const double difference = (gradients[1][i] - gradients[0][i]).norm().item<double>();
    EXPECT_LT(difference, 0.1 * gradients[0][i].norm().item<double>()) << "parameter " << i;
  }
}

TEST(Network, InferenceCountsTheWeightsThatWereThereWhenItsModeWasEntered) {
  const torch::NoGradGuard no_gradient;
  const torch::Tensor images = make_images(4, 40).contiguous(torch::MemoryFormat::ChannelsLast);
  for (const Precision precision : {Precision::fp32, Precision::bf16}) {
    Network net(ModelOptions{.filters = {16, 32}, .dense_units = 64, .dropout = 0.5}, 40);
    net->initialize(1);
    net->prepare(torch::kCPU, precision);
    net->eval();
    const torch::Tensor before = net(images);
    EXPECT_TRUE(torch::equal(net(images), before)) << name_of(precision);
    weights_of(*net).at("dense1.weight").mul_(2);
    net->train();
    net->eval();
    const torch::Tensor after = net(images);
    EXPECT_FALSE(torch::allclose(after, before)) << name_of(precision);
    Network same(net->options(), 40);
    same->initialize(1);
    weights_of(*same).at("dense1.weight").mul_(2);
    same->prepare(torch::kCPU, precision);
    same->eval();
    EXPECT_TRUE(torch::equal(same(images), after)) << name_of(precision);
  }
}

TEST(Network, PrecisionIsAsChosen) {
  EXPECT_EQ(choose_precision(PrecisionChoice::fp32, torch::kCPU), Precision::fp32);
  EXPECT_EQ(choose_precision(PrecisionChoice::bf16, torch::kCPU), Precision::bf16);
  const bool fast = cpu_multiplies_bf16_vectors() || cpu_multiplies_bf16_matrices();
  EXPECT_EQ(choose_precision(PrecisionChoice::automatic, torch::kCPU),
            fast ? Precision::bf16 : Precision::fp32);
}

TEST(Network, DropoutActsInTrainingAlone) {
  Network net(ModelOptions{.filters = {4}, .dense_units = 8, .dropout = 0.5}, 20);
  net->initialize(1);
  const torch::Tensor images = make_images(2, 20);
  net->train();
  EXPECT_FALSE(torch::equal(net(images), net(images)));
  torch::manual_seed(3);
  const torch::Tensor once = net(images);
  torch::manual_seed(3);
  EXPECT_TRUE(torch::equal(once, net(images)));
  net->eval();
  EXPECT_TRUE(torch::equal(net(images), net(images)));
}

TEST(Network, PicturesTooSmallForTheStagesAreRefused) {
  EXPECT_NO_THROW(Network(ModelOptions{.filters = {4, 4}}, 10));  // 10 → 4 → 1
  try {
    Network(ModelOptions{.filters = {4, 4}}, 9);
    FAIL() << "no error";
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(),
                 "pictures of 9×9 px are too small for the 2 stages of model.filters: a larger "
                 "data.image_size and train.first_size, or fewer stages");
  }
}

TEST(Network, ItsShapesAreKnownWithoutIt) {
  for (const ModelOptions& options :
       {ModelOptions(), ModelOptions{.filters = {5}, .dense_units = 3, .dropout = 0}}) {
    const NamedTensors weights = weights_of(*Network(options, 150));
    check_tensors(weights, weights_without_numbers(options, 150, 2), "x");
  }
  EXPECT_THROW(weights_without_numbers({}, 16, 2), ConfigError);
}

}  // namespace
}  // namespace catdog
