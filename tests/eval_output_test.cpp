// SPDX-License-Identifier: Apache-2.0
// What catdog eval prints of few and of many classes.
#include "catdog/cli/eval_output.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "judged_pictures.hpp"

namespace catdog {
namespace {

EvalResult result_of(std::vector<std::string> classes, const Predictions& predictions) {
  return {.folder = "data/test",
          .precision = "fp32",
          .classes = std::move(classes),
          .evaluation = evaluate(predictions),
          .calibrated = calibrated_figures(predictions, {}),
          .left_out = {}};
}

// 20 pictures of each, the first two taken for the next class.
Predictions many_classes(int count) {
  Predictions predictions{.classes = count};
  for (int i = 0; i < 20 * count; ++i) {
    const int label = i / 20, called = (label + (i % 20 < 2 ? 1 : 0)) % count;
    for (int k = 0; k < count; ++k) predictions.scores.push_back(k == called ? 1.0f : 0.0f);
    predictions.labels.push_back(label);
  }
  return predictions;
}

TEST(EvalOutput, OfTwoClassesIsAsItWas) {
  const std::string text = text_of(result_of({"cats", "dogs"}, two_classes()));
  EXPECT_NE(text.find("\nROC-AUC   0.6742   average precision 0.7255\n"
                      "\nclass   images  precision   recall       F1\n"
                      "cats        90    53.15 %  65.56 %  58.71 %\n"
                      "dogs       110    65.17 %  52.73 %  58.29 %\n"
                      "\n        predicted\ntrue      cats    dogs\n"
                      "cats        59      31\ndogs        52      58\n"),
            std::string::npos)
      << text;
}

TEST(EvalOutput, OfThreeClassesHasEachOnesRankingAndTheMean) {
  const EvalResult result = result_of({"bären", "cats", "dogs"}, three_classes());
  const std::string text = text_of(result);
  EXPECT_NE(
      text.find("\nROC-AUC   0.7708   average precision 0.6434   (means of each class against "
                "the rest)\n\nclass   images  precision   recall       F1   ROC-AUC\nbären   "),
      std::string::npos)
      << text;
  EXPECT_NE(text.find("\n(mean)  "), std::string::npos);
  EXPECT_NE(text.find("\ntrue     bären    cats    dogs\n"), std::string::npos);
  const Json json = to_json(result);
  EXPECT_EQ(json["mean_of_classes"]["roc_auc"], json["roc_auc"]);
  EXPECT_TRUE(json["calibration"]["threshold"].is_null());
}

TEST(EvalOutput, AClassWithoutImagesIsShownAndInNoMean) {
  Predictions predictions = three_classes();
  Predictions two = {.classes = 3};
  for (int64_t i = 0; i < predictions.count(); ++i) {
    const int label = predictions.labels[static_cast<size_t>(i)];
    if (label == 1) continue;
    const auto scores = predictions.scores_of(i);
    two.scores.insert(two.scores.end(), scores.begin(), scores.end());
    two.labels.push_back(label);
  }
  const EvalResult result = result_of({"bären", "cats", "dogs"}, two);
  EXPECT_NE(text_of(result).find("\ncats         0          -        -        -\n"),
            std::string::npos)
      << text_of(result);
  const Json json = to_json(result);
  EXPECT_EQ(json["by_class"]["cats"]["n"], 0);
  EXPECT_TRUE(json["by_class"]["cats"]["recall"].is_null());
  const double bears = json["by_class"]["bären"]["recall"], dogs = json["by_class"]["dogs"]["recall"];
  EXPECT_DOUBLE_EQ(json["mean_of_classes"]["recall"], (bears + dogs) / 2);
}

TEST(EvalOutput, ATableThatWouldBeTooWideHasNumbersForNames) {
  std::vector<std::string> classes;
  for (int i = 0; i < 12; ++i) classes.push_back("a-rather-long-name-" + std::to_string(i));
  const std::string text = text_of(result_of(classes, many_classes(12)));
  EXPECT_NE(text.find("\n 1  a-rather-long-name-0    18    2    0    0"), std::string::npos)
      << text;
  EXPECT_NE(text.find("\n12  a-rather-long-name-11    2    0    0"), std::string::npos) << text;
  std::istringstream lines(text);
  size_t widest = 0;
  for (std::string line; std::getline(lines, line);) widest = std::max(widest, line.size());
  EXPECT_LE(widest, 100u);
}

}  // namespace
}  // namespace catdog
