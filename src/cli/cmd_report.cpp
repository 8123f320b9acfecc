// SPDX-License-Identifier: Apache-2.0
// catdog report: one page about a run, or about several side by side.
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include "catdog/cli/commands.hpp"
#include "catdog/cli/standard_output.hpp"
#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/report/run_report.hpp"

namespace catdog {

void setup_report(CLI::App& app) {
  auto options = std::make_shared<ReportCommand>();
  CLI::App* command =
      app.add_subcommand("report", "Write a page about a run, or several side by side");
  command->add_option("RUN", options->runs, "folders of runs, as runs/baseline")
      ->required()
      ->type_name("DIR");
  command
      ->add_option("-o,--output", options->output,
                   "page to write; else report.html, in the one run's folder or, for several, "
                   "in this one")
      ->type_name("FILE");
  command
      ->add_option("--data", options->report.data,
                   "folder of the images that the page shows, which holds validation/ and test/; "
                   "else the one that the run's config names")
      ->type_name("DIR");
  add_decode_flag(*command, options->report.limits);
  add_examples(*command,
               {{"one run: runs/baseline/report.html", "catdog report runs/baseline"},
                {"two side by side", "catdog report runs/baseline runs/augment -o both.html"}});
  command->callback([options] { run_report(*options); });
}

void run_report(const ReportCommand& options) {
  fs::path output = options.output;
  if (output.empty()) {
    output = options.runs.size() == 1 ? options.runs[0] / "report.html" : "report.html";
  }
  const std::vector<std::string> faults = write_report(output, options.runs, options.report);
  print_text(shown(output) + "\n");
  for (const std::string& fault : faults) spdlog::warn("{}", fault);
  if (!faults.empty()) {
    throw ModelError(fmt::format("{} of {} runs cannot be read and are not on the page",
                                 faults.size(), options.runs.size()));
  }
}

}  // namespace catdog
