// SPDX-License-Identifier: Apache-2.0
// catdog export: a trained model for other programs.
#include <spdlog/fmt/fmt.h>

#include "catdog/cli/commands.hpp"
#include "catdog/cli/standard_output.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/json_names.hpp"
#include "catdog/export/export.hpp"
#include "catdog/train/environment.hpp"

namespace catdog {

void setup_export(CLI::App& app) {
  auto options = std::make_shared<ExportCommand>();
  CLI::App* command = app.add_subcommand("export", "Write a trained model for other programs");
  command->add_option("--model", options->model, "model file, as train wrote it")
      ->required()
      ->type_name("FILE");
  command->add_option("--format", options->format, "what to write")
      ->check(one_of(export_format_names()))
      ->required();
  command
      ->add_option("-o,--output", options->output,
                   "file to write, which must not exist; else the model file's name with the "
                   "format's ending, beside it")
      ->type_name("FILE");
  command->add_flag("--json", options->json, "print one JSON object");
  add_examples(*command, {{"for onnxruntime, browsers and phones, beside the model",
                           "catdog export --model runs/baseline/model.pt --format onnx"},
                          {"for PyTorch, with a Python module to read",
                           "catdog export --model runs/baseline/model.pt --format safetensors -o "
                           "cats_and_dogs.safetensors"}});
  command->callback([options] { run_export(*options); });
}

void run_export(const ExportCommand& options) {
  const ExportFormat format = export_format(options.format);
  const std::vector<fs::path> paths = export_paths(format, options.model, options.output);
  use_threads(0);
  const ExportSource source = load_export_source(options.model);
  const std::vector<std::string> contents = export_model(source, format, paths);
  const ExportCheck check = check_export(source, open_export(format, contents[0]));
  write_export(paths, contents);
  if (options.json) {
    Json json = {{"format", options.format}};
    set_names(json, "files", {paths.begin(), paths.end()});
    json.update({{"digest", source.digest},
                 {"pictures", check.pictures},
                 {"largest_difference", check.largest_difference}});
    print_data(json_text(json) + "\n");
    return;
  }
  for (const fs::path& path : paths) print_text(shown(path) + "\n");
  print_text(fmt::format("largest difference of logits {:.2g}, {} pictures\n",
                         check.largest_difference, check.pictures));
}

}  // namespace catdog
