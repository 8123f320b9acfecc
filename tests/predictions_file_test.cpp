// SPDX-License-Identifier: Apache-2.0
#include "catdog/judge/predictions_file.hpp"

#include <gtest/gtest.h>

#include "catdog/core/error.hpp"
#include "catdog/judge/evaluation.hpp"
#include "judged_pictures.hpp"
#include "test_support.hpp"

namespace catdog {
namespace {

TEST(PredictionsFile, IsATableThatAnyProgramReads) {
  NamedPredictions named = {
      .classes = {"cats", "dogs"}, .files = {"a, b.jpg", "c.jpg"}, .predictions = {}};
  add_logit(named.predictions, 0, 1);
  add_logit(named.predictions, 2, 1);
  EXPECT_EQ(to_csv(named),
            "file,true,predicted,p(cats),p(dogs)\n"
            "\"a, b.jpg\",dogs,cats,0.5,0.5\n"
            "c.jpg,dogs,dogs,0.119202922,0.880797078\n");
}

TEST(PredictionsFile, KeepsTheDigestsOfTheFiles) {
  NamedPredictions named = {.classes = {"cats", "dogs"},
                            .files = {"a.jpg", "b.jpg"},
                            .digests = {std::string(64, 'a'), std::string(64, 'b')},
                            .predictions = {}};
  add_logit(named.predictions, 0, 1);
  add_logit(named.predictions, 2, 0);
  const std::string csv = to_csv(named);
  EXPECT_TRUE(csv.starts_with("file,true,predicted,p(cats),p(dogs),sha256\n"
                              "a.jpg,dogs,cats,0.5,0.5,a"))
      << csv;
  const NamedPredictions back = parse_predictions(csv, "x");
  EXPECT_EQ(back.digests, named.digests);
  EXPECT_EQ(back.classes, named.classes);
  EXPECT_EQ(parse_predictions(to_csv(back), "x").digests, named.digests);
  named.classes = {"cats", "sha256"};  // a class may be called so
  EXPECT_EQ(parse_predictions(to_csv(named), "x").classes, named.classes);
}

void expect_comes_back(const Predictions& predictions, std::vector<std::string> classes) {
  NamedPredictions named = {.classes = std::move(classes), .files = {}, .predictions = predictions};
  for (int64_t i = 0; i < predictions.count(); ++i) named.files.push_back(std::to_string(i));
  const NamedPredictions back = parse_predictions(to_csv(named), "x");
  EXPECT_EQ(back.classes, named.classes);
  EXPECT_EQ(back.files, named.files);
  EXPECT_EQ(back.predictions.labels, predictions.labels);
  const Evaluation before = evaluate(predictions), after = evaluate(back.predictions);
  EXPECT_EQ(after.confusion, before.confusion);
  EXPECT_NEAR(after.loss, before.loss, 1e-6);
  EXPECT_NEAR(after.calibration_error, before.calibration_error, 1e-6);
}

TEST(PredictionsFile, ComesBackWithTheSameFigures) {
  expect_comes_back(two_classes(), {"cats", "dogs"});
  expect_comes_back(three_classes(), {"birds", "cats", "dogs"});
  expect_comes_back(three_classes(), {"file", "p(file)", "true"});
  Predictions sure;
  add_logit(sure, 800.f, 0);
  add_logit(sure, -300.f, 0);
  const NamedPredictions named = {
      .classes = {"cats", "dogs"}, .files = {"a", "b"}, .predictions = sure};
  EXPECT_EQ(evaluate(parse_predictions(to_csv(named), "x").predictions).hits, 1);
}

TEST(PredictionsFile, SaysWhatIsWrong) {
  const auto refusal = [](const std::string& csv) {
    return test::message_of<Error>([&] { parse_predictions(csv, "x.csv"); });
  };
  const std::string header = "file,true,predicted,p(cats),p(dogs)\n";
  for (const char* other :
       {"", "epoch,loss\n", "file,true,predicted,cats,dogs\n", "file,true,predicted,p(cats)\n",
        "file,true,predicted,p(cats),error\n"}) {
    EXPECT_EQ(refusal(other),
              "x.csv: its columns are not file, true, predicted and p(<class>) for two classes");
  }
  EXPECT_EQ(refusal(header), "x.csv: holds no picture");
  EXPECT_EQ(refusal(header + "a,cats,cats,1,0\nb,cows,cats,1,0\n"), "x.csv: row 2 cannot be read");
  EXPECT_EQ(refusal(header + "a,cats,cats,1\n"), "x.csv: row 1 cannot be read");
  EXPECT_EQ(refusal(header + "a,cats,cats,1,x\n"), "x.csv: row 1 cannot be read");
  for (const char* number : {"-0.5", "1.5", "nan", "inf", "-inf", "1e999", "1e300", "", "0x1"}) {
    EXPECT_EQ(refusal(header + "a,cats,cats,1," + number + "\n"), "x.csv: row 1 cannot be read");
  }
  EXPECT_EQ(refusal("file,true,predicted,p(a),p(a)\nx,a,a,1,0\n"),
            "x.csv: the class \"a\" stands twice");
  EXPECT_EQ(refusal("file,true,predicted,p(../a),p(b)\nx,b,b,1,0\n"),
            "x.csv: the class \"../a\" must have a name without \"/\"");
  std::string many = "file,true,predicted";
  for (int i = 0; i <= 10000; ++i) many += ",p(" + std::to_string(i) + ")";
  EXPECT_EQ(refusal(many + "\n"), "x.csv: has 10001 classes, at most 10000 are read");
}

}  // namespace
}  // namespace catdog
