// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "curves_figure.hpp"
#include "html.hpp"
#include "sections.hpp"

namespace catdog {
namespace {

// Of one quantity, a training and a validation line for each run.
std::vector<Curve> curves_of(const std::vector<ReportedRun>& runs, double RecordedEpoch::*training,
                             double RecordedEpoch::*validation) {
  std::vector<Curve> curves;
  for (size_t i = 0; i < runs.size(); ++i) {
    const RecordedRun& run = runs[i].record;
    const std::string mark = runs.size() == 1 ? "" : run_letter(i);
    const int colour = static_cast<int>(i);
    Curve dashed{run.name + ", training", colour, /*dashed=*/true, "", {}};
    Curve full{run.name + ", validation", colour, /*dashed=*/false, mark, {}};
    for (const RecordedEpoch& row : run.epochs) {
      dashed.points.emplace_back(row.epoch, row.*training);
      full.points.emplace_back(row.epoch, row.*validation);
    }
    curves.insert(curves.end(), {std::move(dashed), std::move(full)});
  }
  return curves;
}

}  // namespace

std::string run_letter(size_t number) {
  const std::string last(1, static_cast<char>('A' + number % 26));
  return number < 26 ? last : run_letter(number / 26 - 1) + last;
}

std::string curves_section(const std::vector<ReportedRun>& runs) {
  const auto accuracy = curves_of(runs, &RecordedEpoch::accuracy, &RecordedEpoch::val_accuracy);
  const auto loss = curves_of(runs, &RecordedEpoch::loss, &RecordedEpoch::val_loss);
  return "<section id=\"curves\"><h2>Curves</h2>\n<p>Full lines: validation; dashed: training. "
         "Where "
         "training goes on improving and validation does not, the network learns its pictures by "
         "heart.</p>\n<div class=\"figures\">\n<figure>" +
         curves_figure("accuracy", accuracy) +
         "<figcaption>Accuracy: the share told rightly; higher is better.</figcaption></figure>\n"
         "<figure>" +
         curves_figure("loss", loss) +
         "<figcaption>Loss: the mean cross-entropy in nats, what training makes small; confident "
         "mistakes cost most.</figcaption></figure>\n</div></section>\n";
}

}  // namespace catdog
