// SPDX-License-Identifier: Apache-2.0
// catdog synth: draws pictures of cats, dogs and rabbits.
#include <spdlog/fmt/fmt.h>

#include "catdog/cli/commands.hpp"
#include "catdog/cli/standard_output.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/text.hpp"

namespace catdog {

void setup_synth(CLI::App& app) {
  auto options = std::make_shared<SynthOptions>();
  CLI::App* command = app.add_subcommand("synth", "Draw pictures of animals to try catdog on");
  command->add_option("DEST", options->destination, "folder to write to: absent or empty")
      ->required()
      ->type_name("");
  command->add_option("--per-class", options->per_class, "pictures of each animal")
      ->capture_default_str();
  command->add_option("--classes", options->classes, "2: cats and dogs; 3: and rabbits")
      ->capture_default_str();
  command->add_option("--size", options->size_px, "width and height in pixels")
      ->capture_default_str();
  command->add_option("--seed", options->seed, "equal seeds give equal files")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  add_examples(*command, {{"2,000 small pictures, in the place of Kaggle's",
                           "catdog synth data/train --per-class 1000 --size 64"},
                          {"others, and rabbits with them",
                           "catdog synth more --per-class 20 --seed 7 --classes 3"}});
  command->callback([options] { run_synth(*options); });
}

void run_synth(const SynthOptions& options) {
  synthesize(options);
  std::vector<std::string> drawn;
  for (int i = 0; i < options.classes; ++i) {
    drawn.push_back(fmt::format("{} {}s", options.per_class, kAnimals[static_cast<size_t>(i)]));
  }
  print_text(fmt::format("{}: {} drawn, {}x{} px\n", shown(options.destination), join_and(drawn),
                         options.size_px, options.size_px));
}

}  // namespace catdog
