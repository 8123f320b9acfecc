// SPDX-License-Identifier: Apache-2.0
// catdog summary: the network as a table.
#include <spdlog/fmt/fmt.h>

#include "catdog/cli/commands.hpp"
#include "catdog/cli/standard_output.hpp"
#include "catdog/core/text.hpp"
#include "catdog/model/summary.hpp"

namespace catdog {

void setup_summary(CLI::App& app) {
  auto options = std::make_shared<SummaryCommand>();
  CLI::App* command =
      app.add_subcommand("summary", "Print the network: layers, shapes, parameters");
  add_config_flags(*command, options->config);
  command->add_option("--classes", options->classes, "that it tells apart")
      ->check(CLI::Range(2, 65536))
      ->capture_default_str();
  add_examples(*command, {{"the book's first network", "catdog summary --config baseline"},
                          {"a smaller one", "catdog summary --set 'model.filters=[16,32,64]'"}});
  command->callback([options] { run_summary(*options); });
}

void run_summary(const SummaryCommand& options) {
  const Config config = load_config(options.config);
  const Network net(config.model, config.data.image_size, options.classes);
  const std::vector<LayerSummary> layers = summarize(*net);
  int64_t parameters = 0, multiply_adds = 0;
  for (const LayerSummary& layer : layers) {
    parameters += layer.parameters;
    multiply_adds += layer.multiply_adds;
  }
  print_text(
      fmt::format("{}Multiply-adds of one {}x{} picture: {}\nWeights in 32-bit floats: {:.1f} MB\n",
                  keras_table(layers), config.data.image_size, config.data.image_size,
                  with_thousands(multiply_adds), static_cast<double>(parameters) * 4 / 1e6));
}

}  // namespace catdog
