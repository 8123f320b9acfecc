// SPDX-License-Identifier: Apache-2.0
// The expected figures of two_classes() and three_classes() are those of scikit-learn 1.7:
// log_loss, roc_auc_score (of three: multi_class="ovr"), average_precision_score (of three: the
// mean over them), precision_recall_fscore_support.
#include "catdog/judge/evaluation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "judged_pictures.hpp"

namespace catdog {
namespace {

// Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17,
// 1998, table I, method 3.
TEST(Wilson, GivesThePublishedIntervals) {
  const auto expect = [](int64_t hits, int64_t n, double low, double high) {
    const Interval interval = wilson_interval(hits, n);
    EXPECT_NEAR(interval.low, low, 5e-5) << hits << "/" << n;
    EXPECT_NEAR(interval.high, high, 5e-5) << hits << "/" << n;
  };
  expect(81, 263, 0.2553, 0.3662);
  expect(15, 148, 0.0624, 0.1605);
  expect(0, 20, 0.0000, 0.1611);
  expect(1, 29, 0.0061, 0.1718);
}

TEST(Wilson, StaysWithinZeroAndOne) {
  EXPECT_EQ(wilson_interval(0, 5).low, 0);
  EXPECT_EQ(wilson_interval(5, 5).high, 1);
}

Predictions of_logits(const std::vector<float>& logits, const std::vector<int>& labels) {
  Predictions predictions;
  for (size_t i = 0; i < logits.size(); ++i) add_logit(predictions, logits[i], labels[i]);
  return predictions;
}

TEST(Predictions, OneLogitIsTheSecondClassesSigmoid) {
  const Predictions one = of_logits({0.7f}, {1});
  const std::vector<double> shares = probabilities(one.scores_of(0));
  EXPECT_NEAR(shares[1], 1 / (1 + std::exp(-double{0.7f})), 1e-15);
  EXPECT_NEAR(shares[0] + shares[1], 1, 1e-15);
  EXPECT_NEAR(probabilities(one.scores_of(0), /*temperature=*/2)[1],
              1 / (1 + std::exp(-double{0.7f} / 2)), 1e-15);
}

TEST(Evaluate, CountsEachPictureOnce) {
  // A logit of exactly 0 is probability 1/2, which Keras rounds to class 0.
  const Evaluation result = evaluate(of_logits({-1.f, 2.f, 0.f, 3.f}, {0, 0, 1, 1}));
  EXPECT_EQ(result.n, 4);
  EXPECT_EQ(result.hits, 2);
  EXPECT_DOUBLE_EQ(result.accuracy, 0.5);
  EXPECT_EQ(result.confusion, (std::vector<std::vector<int64_t>>{{1, 1}, {1, 1}}));
  const double expected = (std::log1p(std::exp(-1.0)) + std::log1p(std::exp(2.0)) + std::log(2.0) +
                           std::log1p(std::exp(-3.0))) /
                          4;
  EXPECT_NEAR(result.loss, expected, 1e-12);
}

TEST(Evaluate, DoesNotOverflow) {
  const Evaluation result = evaluate(of_logits({1e4f, -1e4f}, {0, 1}));
  EXPECT_NEAR(result.loss, 1e4, 1e-6);
  EXPECT_EQ(result.accuracy, 0);
}

void expect_figures(const ClassFigures& figures, double precision, double recall, double f1) {
  EXPECT_NEAR(figures.precision, precision, 1e-8);
  EXPECT_NEAR(figures.recall, recall, 1e-8);
  EXPECT_NEAR(figures.f1, f1, 1e-8);
}

TEST(Evaluate, OfTwoClassesAgreesWithScikitLearn) {
  const Evaluation result = evaluate(two_classes());
  EXPECT_NEAR(result.loss, 0.6409061198376743, 1e-12);
  EXPECT_DOUBLE_EQ(result.accuracy, 0.585);
  EXPECT_NEAR(result.roc_auc.value(), 0.6742424242424243, 1e-12);
  EXPECT_NEAR(result.average_precision.value(), 0.7254620859782146, 1e-12);
  expect_figures(result.classes[0], 0.53153153, 0.65555556, 0.58706468);
  expect_figures(result.classes[1], 0.65168539, 0.52727273, 0.58291457);
}

TEST(Evaluate, OfThreeClassesAgreesWithScikitLearn) {
  const Evaluation result = evaluate(three_classes());
  EXPECT_NEAR(result.loss, 1.0015857219696045, 1e-6);
  EXPECT_NEAR(result.accuracy, 85.0 / 150, 1e-12);
  EXPECT_NEAR(result.roc_auc.value(), 0.7708169027112118, 1e-12);
  EXPECT_NEAR(result.average_precision.value(), 0.6434166255751518, 1e-12);
  expect_figures(result.classes[2], 0.54545455, 0.63829787, 0.58823529);
}

// Counted by hand: of six pictures, a a b b c c, called a b b b c a.
TEST(Evaluate, OfThreeClassesAgreesWithAPen) {
  const std::vector<double> shares = {.7,  .2,  .1,   // a
                                      .3,  .6,  .1,   // a, called b
                                      .1,  .8,  .1,   // b
                                      .35, .45, .2,   // b
                                      .1,  .2,  .7,   // c
                                      .6,  .1,  .3};  // c, called a
  Predictions predictions{.classes = 3, .scores = {}, .labels = {0, 0, 1, 1, 2, 2}};
  for (const double share : shares) {
    predictions.scores.push_back(static_cast<float>(std::log(share)));
  }
  const Evaluation result = evaluate(predictions);
  EXPECT_EQ(result.confusion, (std::vector<std::vector<int64_t>>{{1, 1, 0}, {0, 2, 0}, {1, 0, 1}}));
  EXPECT_DOUBLE_EQ(result.accuracy, 4.0 / 6);
  expect_figures(result.classes[0], 1.0 / 2, 1.0 / 2, 1.0 / 2);
  expect_figures(result.classes[1], 2.0 / 3, 1, 4.0 / 5);
  expect_figures(result.classes[2], 1, 1.0 / 2, 2.0 / 3);
  // Pairs of one of the class and one of the rest, of 8, in the right order.
  EXPECT_DOUBLE_EQ(result.classes[0].roc_auc.value(), 6.0 / 8);  // .7 .3 against .1 .35 .1 .6
  EXPECT_DOUBLE_EQ(result.classes[1].roc_auc.value(), 7.0 / 8);  // .8 .45 against .2 .6 .2 .1
  EXPECT_DOUBLE_EQ(result.classes[2].roc_auc.value(), 1);        // .7 .3 against .1 .1 .1 .2
  EXPECT_DOUBLE_EQ(result.classes[0].average_precision.value(), (1 + 2.0 / 4) / 2);
  EXPECT_DOUBLE_EQ(result.classes[1].average_precision.value(), (1 + 2.0 / 3) / 2);
  EXPECT_DOUBLE_EQ(result.classes[2].average_precision.value(), 1);
  const ClassFigures mean = mean_of_classes(result);
  expect_figures(mean, (1.0 / 2 + 2.0 / 3 + 1) / 3, 2.0 / 3, (1.0 / 2 + 4.0 / 5 + 2.0 / 3) / 3);
  EXPECT_DOUBLE_EQ(mean.roc_auc.value(), 21.0 / 24);
  EXPECT_DOUBLE_EQ(result.roc_auc.value(), 21.0 / 24);
  EXPECT_DOUBLE_EQ(result.average_precision.value(), (3.0 / 4 + 5.0 / 6 + 1) / 3);
}

TEST(Evaluate, AClassThatNoPictureIsOfHasNoRanking) {
  Predictions predictions = three_classes();
  for (int& label : predictions.labels) label = std::min(label, 1);
  const Evaluation result = evaluate(predictions);
  EXPECT_TRUE(result.classes[0].roc_auc.has_value());
  EXPECT_FALSE(result.classes[2].roc_auc.has_value());
  const double mean = (*result.classes[0].roc_auc + *result.classes[1].roc_auc) / 2;
  EXPECT_DOUBLE_EQ(mean_of_classes(result).roc_auc.value(), mean);
  EXPECT_DOUBLE_EQ(result.roc_auc.value(), mean);
}

TEST(Evaluate, WhatOneClassAloneCannotSayIsLeftOut) {
  const Evaluation result = evaluate(of_logits({1.f, -1.f}, {1, 1}));
  EXPECT_FALSE(result.roc_auc.has_value());
  EXPECT_FALSE(result.average_precision.has_value());
  EXPECT_EQ(result.classes[0].recall, 0);
  EXPECT_EQ(result.classes[1].recall, 0.5);
}

// Probabilities that are 1 as far as a double goes still have an order.
TEST(Evaluate, RanksLogitsWhoseProbabilitiesRoundToOne) {
  EXPECT_EQ(evaluate(of_logits({60.f, 50.f, 40.f}, {1, 1, 0})).roc_auc, 1);
  EXPECT_EQ(evaluate(of_logits({-60.f, -50.f, -40.f}, {0, 0, 1})).roc_auc, 1);
}

TEST(RocCurve, GoesFromNoneToAllAndNeverBack) {
  const std::vector<RocPoint> curve = roc_curve(two_classes(), 1);
  EXPECT_EQ(curve.front().false_positive_rate, 0);
  EXPECT_EQ(curve.front().true_positive_rate, 0);
  EXPECT_EQ(curve.back().false_positive_rate, 1);
  EXPECT_EQ(curve.back().true_positive_rate, 1);
  for (size_t i = 1; i < curve.size(); ++i) {
    EXPECT_GE(curve[i].false_positive_rate, curve[i - 1].false_positive_rate);
    EXPECT_GE(curve[i].true_positive_rate, curve[i - 1].true_positive_rate);
  }
  // Of two pictures at each of two scores, three points.
  EXPECT_EQ(roc_curve(of_logits({1.f, 1.f, 0.f, 0.f}, {1, 0, 1, 0}), 1).size(), 3u);
  EXPECT_TRUE(roc_curve(of_logits({1.f}, {1}), 1).empty());
}

TEST(IsSmall, SaysWhereFivePointsAreWithinTheInterval) {
  Evaluation few, many;
  few.interval = wilson_interval(80, 100);
  many.interval = wilson_interval(800, 1000);
  EXPECT_TRUE(is_small(few));
  EXPECT_FALSE(is_small(many));
}

}  // namespace
}  // namespace catdog
