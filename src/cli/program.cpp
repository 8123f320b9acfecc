// SPDX-License-Identifier: Apache-2.0
// The program's flags and commands.
#include "catdog/cli/commands.hpp"
#include "catdog/cli/exit_codes.hpp"
#include "catdog/version.hpp"

namespace catdog {
namespace {

// The end of catdog --help.
std::string exit_codes_footer() {
  std::string text = "Exit codes:";
  for (const auto& [code, meaning] : exit_codes()) text += "\n  " + code + ": " + meaning;
  return text;
}

}  // namespace

void setup_program(CLI::App& app) {
  app.set_version_flag("--version", std::string("catdog ") + kVersion);
  app.require_subcommand(1);
  app.fallthrough(false);
  app.footer(exit_codes_footer());
  setup_synth(app);
  setup_split(app);
  setup_check(app);
  setup_summary(app);
  setup_preview(app);
  setup_train(app);
  setup_eval(app);
  setup_predict(app);
  setup_export(app);
  setup_report(app);
  setup_runs(app);
  setup_bench(app);
  setup_doctor(app);
  setup_completion(app);
  setup_man(app);
}

}  // namespace catdog
