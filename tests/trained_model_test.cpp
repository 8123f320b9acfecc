// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/trained_model.hpp"

#include <gtest/gtest.h>
#include <spdlog/fmt/fmt.h>

#include <cmath>
#include <random>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/model/archive.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

using test::message_of;
using test::TempFolder;

TrainedModel make_model() {
  TrainedModel model;
  model.config.data = {.dir = "/somewhere", .image_size = 16, .resize = Resampling::area};
  model.config.model = {.filters = {4, 8}, .dense_units = 16, .dropout = 0};
  model.classes = {"cats", "dogs"};
  model.training = {{"epoch", 3}};
  model.calibration = {.temperature = 1 / 3.0, .threshold = 0.4};
  model.trained_on = short_digests({std::string(64, 'b'), std::string(64, 'a')});
  model.net = Network(model.config.model, 16);
  model.net->initialize(1);
  use_channels_last(*model.net);
  return model;
}

class TrainedModelTest : public testing::Test {
 protected:
  TrainedModelTest() : path_(folder_ / "m.pt") { save_model(path_, make_model()); }

  // What load_model says of the file after `change`.
  template <class Change>
  std::string refusal(Change change) {
    Archive archive = load_archive(path_);
    change(archive);
    save_archive(folder_ / "changed.pt", archive);
    const std::string message = message_of<ModelError>([&] { load_model(folder_ / "changed.pt"); });
    const std::string prefix = (folder_ / "changed.pt").string() + ": ";
    EXPECT_EQ(message.substr(0, prefix.size()), prefix);
    return message.substr(std::min(prefix.size(), message.size()));
  }

  TempFolder folder_;
  fs::path path_;
};

TEST_F(TrainedModelTest, LoadsWhatWasSaved) {
  TrainedModel saved = make_model(), loaded = load_model(path_);
  EXPECT_EQ(loaded.classes, saved.classes);
  EXPECT_EQ(to_json(loaded.config), to_json(saved.config));
  EXPECT_EQ(loaded.training["epoch"], 3);
  EXPECT_EQ(loaded.calibration.temperature, 1 / 3.0);
  EXPECT_EQ(loaded.calibration.threshold, 0.4);
  EXPECT_EQ(loaded.trained_on, (std::vector<std::string>{"aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"}));
  EXPECT_FALSE(loaded.net->is_training());
  const torch::NoGradGuard no_gradient;
  const torch::Tensor images = torch::rand({3, 3, 16, 16});
  EXPECT_TRUE(torch::equal(loaded.net(images), saved.net(images)));
}

TEST_F(TrainedModelTest, TensorsMustMatchTheNetworkBothWays) {
  EXPECT_EQ(refusal([](Archive& a) { a.tensors.erase("dense1.bias"); }),
            "its tensors are not those of its network: only the network has \"dense1.bias\"");
  EXPECT_EQ(refusal([](Archive& a) { a.tensors.emplace("conv9.bias", torch::zeros(1)); }),
            "its tensors are not those of its network: only the file has \"conv9.bias\"");
  EXPECT_EQ(refusal([](Archive& a) { a.tensors.at("conv1.bias") = torch::zeros(5); }),
            "the tensor conv1.bias has another shape or type than its network");
  EXPECT_EQ(refusal([](Archive& a) {
              auto& tensor = a.tensors.at("conv1.bias");
              tensor = tensor.to(torch::kDouble);
            }),
            "the tensor conv1.bias has another shape or type than its network");
}

TEST_F(TrainedModelTest, TheDescriptionMustBeKnown) {
  EXPECT_EQ(refusal([](Archive& a) { a.metadata["format"] = "catdog-model-9"; }),
            "has the format \"catdog-model-9\", this program reads \"catdog-model-1\"");
  EXPECT_EQ(refusal([](Archive& a) { a.metadata.erase("classes"); }),
            "its description cannot be read");
  EXPECT_EQ(refusal([](Archive& a) { a.metadata["calibration"]["temperature"] = "warm"; }),
            "calibration.temperature = \"warm\": must be a number from 0.001 to 1000");
  EXPECT_EQ(refusal([](Archive& a) { a.metadata["classes"] = {"cats"}; }),
            "has fewer than two classes");
  EXPECT_EQ(refusal([](Archive& a) { a.metadata["config"]["model"]["filters"] = 3; }),
            "model.filters = 3: must be a list of whole numbers, each from 1 to 4096");
}

// A field of the description, a value that no training writes, and what names it in the message.
TEST_F(TrainedModelTest, EveryValueMustBeOneThatTrainingCouldHaveWritten) {
  const auto refused = [&](const char* pointer, const Json& value, const std::string& name) {
    const std::string message =
        refusal([&](Archive& a) { a.metadata[Json::json_pointer(pointer)] = value; });
    EXPECT_NE(message.find(name), std::string::npos)
        << pointer << " = " << value << ": " << message;
  };
  for (const Json& classes : Json::parse(
           R"([["../../x", "dogs"], ["/abs", "dogs"], ["", "dogs"], ["a", "a"], ["dogs", "cats"],
               ["a\u0000b", "dogs"], ["a\u001b[31m", "dogs"], [".", "dogs"], ["..", "dogs"],
               [".hidden", "dogs"]])")) {
    refused("/classes", classes, "the class \"");
  }
  refused("/classes", {"cats", std::string(256, 'x')}, "the class \"");
  for (const Json& value :
       {Json(0), Json(-1), Json(1e-300), Json(1e300), Json(nullptr), Json("1")}) {
    refused("/calibration/temperature", value, "calibration.temperature = ");
  }
  for (const Json& value : {Json(-0.1), Json(1.1), Json(1e300), Json("0.5"), Json(true)}) {
    refused("/calibration/threshold", value, "calibration.threshold = ");
    refused("/training/val_acc", value, "training.val_acc = ");
    refused("/training/history/0/acc", value, "training.history.acc = ");
  }
  for (const Json& value : {Json(0), Json(1.5), Json(1e300), Json(-3), Json("3")}) {
    refused("/training/epoch", value, "training.epoch = ");
  }
  refused("/training", {1, 2}, "its description cannot be read");
  refused("/training/val_loss", 1e39, "training.val_loss = ");
  for (const char* digest :
       {"", "0123", "0123456789ABCDEF", "../../../../../x", "aaaaaaaaaaaaaaa\n"}) {
    refused("/trained_on/0", digest, "trained_on");
  }
  refused("/trained_on/0", std::string(16, 'c'), "trained_on is not in sorted order");
  refused("/config/data/image_size", 1e300, "data.image_size = 1e+300");
}

TEST_F(TrainedModelTest, EveryNumberMustBeFinite) {
  for (const char* name : {"conv1.weight", "conv1.bias", "dense2.weight", "dense2.bias"}) {
    for (const double number : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
      EXPECT_EQ(refusal([&](Archive& a) {
                  torch::Tensor& tensor = a.tensors.at(name);
                  tensor = tensor.clone();
                  tensor.view({-1})[tensor.numel() - 1] = number;
                }),
                fmt::format("the tensor {} holds a number that is not finite", name));
    }
  }
}

TEST_F(TrainedModelTest, ARunningVarianceIsNotBelowZero) {
  TrainedModel model = make_model();
  model.config.model.norm = ModelOptions::Norm::batch;
  model.net = Network(model.config.model, 16);
  model.net->initialize(1);
  save_model(path_, model);
  EXPECT_EQ(load_model(path_).classes.size(), 2u);
  int changed = 0;
  for (const auto& [key, value] : load_archive(path_).tensors) {
    if (!key.ends_with("running_var")) continue;
    ++changed;
    EXPECT_EQ(refusal([&](Archive& a) { a.tensors.at(key)[0] = -1; }),
              fmt::format("the tensor {} holds a number below 0, and is of squares", key));
    EXPECT_EQ(refusal([&](Archive& a) { a.tensors.at(key)[0] = std::nan(""); }),
              fmt::format("the tensor {} holds a number that is not finite", key));
  }
  EXPECT_GT(changed, 0);
}

TEST_F(TrainedModelTest, ANetworkThatNoMemoryHoldsIsNotBuilt) {
  EXPECT_EQ(refusal([](Archive& a) {
              a.metadata["config"]["model"]["filters"] = {4096, 4096};
              a.metadata["config"]["model"]["dense_units"] = 65536;
              a.metadata["config"]["data"]["image_size"] = 4096;
            }),
            "the tensor conv1.bias has another shape or type than its network");
}

// Found by the digest alone: half of such flips change nothing but a weight.
TEST_F(TrainedModelTest, EveryFlippedBitAndEveryTruncationIsRefused) {
  const std::string whole = test::read_text(path_);
  const fs::path damaged = folder_ / "damaged.pt";
  std::mt19937 random(1);
  for (int i = 0; i < 500; ++i) {
    std::string bytes = whole;
    const size_t bit = random() % (8 * bytes.size());
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    test::write_text(damaged, bytes);
    EXPECT_THROW(load_model(damaged), ModelError) << "bit " << bit;
  }
  for (int i = 0; i < 100; ++i) {
    const size_t length = random() % whole.size();
    test::write_text(damaged, whole.substr(0, length));
    EXPECT_THROW(load_model(damaged), ModelError) << length << " bytes";
  }
  test::write_text(damaged, whole);
  EXPECT_EQ(load_model(damaged).classes.size(), 2u);
}

}  // namespace
}  // namespace catdog
