// SPDX-License-Identifier: Apache-2.0
// catdog synth: draws pictures of cats and dogs.
#include <spdlog/fmt/fmt.h>

#include "catdog/cli/commands.hpp"
#include "catdog/core/files.hpp"

namespace catdog {

void setup_synth(CLI::App& app) {
  auto options = std::make_shared<SynthOptions>();
  CLI::App* command =
      app.add_subcommand("synth", "Draw pictures of cats and dogs to try catdog on");
  command->add_option("DEST", options->destination, "folder to write to: absent or empty")
      ->required()
      ->type_name("");
  command->add_option("--per-class", options->per_class, "pictures of each animal")
      ->capture_default_str();
  command->add_option("--size", options->size_px, "width and height in pixels")
      ->capture_default_str();
  command->add_option("--seed", options->seed, "equal seeds give equal files")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  add_examples(*command,
               {{"2,000 small pictures, in the place of Kaggle's",
                 "catdog synth data/train --per-class 1000 --size 64"},
                {"others of the same kind", "catdog synth more --per-class 20 --seed 7"}});
  command->callback([options] { run_synth(*options); });
}

void run_synth(const SynthOptions& options) {
  synthesize(options);
  fmt::print("{}: {} cats and {} dogs drawn, {}x{} px\n", shown(options.destination),
             options.per_class, options.per_class, options.size_px, options.size_px);
}

}  // namespace catdog
