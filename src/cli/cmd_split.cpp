// SPDX-License-Identifier: Apache-2.0
// catdog split: from a folder of labelled pictures to train, validation and test.
#include <spdlog/fmt/fmt.h>
#include <spdlog/fmt/ranges.h>
#include <spdlog/spdlog.h>

#include "catdog/cli/commands.hpp"
#include "catdog/cli/data_checks.hpp"
#include "catdog/cli/standard_output.hpp"
#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/text.hpp"

namespace catdog {
namespace {

// Which images are in no subset.
void print_unused(const SplitResult& result) {
  std::vector<std::string> classes;
  int64_t total = 0;
  for (size_t label = 0; label < result.classes.size(); ++label) {
    if (result.unused[label] == 0) continue;
    total += result.unused[label];
    if (classes.size() < 10) {
      classes.push_back(fmt::format("{} of {}", with_thousands(result.unused[label]),
                                    shown(result.classes[label])));
    }
  }
  if (total > 0) {
    spdlog::info("{} {} in no subset: {}{}; --fractions that sum to 1 use every image",
                 with_thousands(total), total == 1 ? "image is" : "images are",
                 fmt::join(classes, ", "), result.classes.size() > 10 ? ", …" : "");
  }
}

}  // namespace

void setup_split(CLI::App& app) {
  auto options = std::make_shared<SplitOptions>();
  CLI::App* command = app.add_subcommand(
      "split", "Sort labelled pictures into DEST/{train,validation,test}/<class>");
  command->add_option("SOURCE", options->source, "cat.0.jpg, dog.0.jpg … or one folder a class")
      ->required()
      ->type_name("");
  command->add_option("DEST", options->destination, "folder to write to: absent or empty")
      ->required()
      ->type_name("");
  auto* fractions = command
                        ->add_option("--fractions", options->fractions,
                                     "shares of each class, as in .5,.25,.25, in place of counts")
                        ->delimiter(',')
                        ->expected(3);
  for (size_t i = 0; i < kSubsets.size(); ++i) {
    command
        ->add_option(fmt::format("--{}", kSubsets[i]), options->counts[i],
                     fmt::format("pictures of each class for {}", kSubsets[i]))
        ->capture_default_str()
        ->excludes(fractions);
  }
  auto* kind = command->add_option_group("placement", "How pictures get into DEST");
  kind->require_option(0, 1);
  kind->add_flag_callback(
      "--copy", [options] { options->placement = Placement::copy; }, "copies (default)");
  kind->add_flag_callback(
      "--hardlink", [options] { options->placement = Placement::hardlink; },
      "hard links: no space, same disk only");
  kind->add_flag_callback(
      "--symlink", [options] { options->placement = Placement::symlink; }, "symbolic links");
  command->add_flag("--shuffle", options->shuffle, "random order instead of number order");
  command->add_option("--seed", options->seed, "of --shuffle")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_flag("--skip-bad", options->skip_bad,
                    "take the next picture for one that cannot be read, instead of stopping");
  add_decode_flag(*command, options->limits);
  command->add_flag("--force", options->force, "replace the split that DEST already holds");
  command->add_flag("--merge", options->merge,
                    "SOURCE is split already: put its subsets together and split anew");
  add_examples(*command, {{"as the book does: 1,000, 500 and 500 of each class, in number order",
                           "catdog split data/train data/cats_and_dogs_small"},
                          {"shares of all there are, in random order, without copies",
                           "catdog split data/train data/all --fractions .7,.15,.15 --shuffle "
                           "--hardlink"}});
  command->callback([options] { run_split(*options); });
}

void run_split(const SplitOptions& options) {
  const SplitResult result = split_pictures(options);
  spdlog::info("{}", result.layout);
  log_skipped(shown(options.source), result.not_taken);
  for (const SkippedPicture& skipped : result.skipped) {
    spdlog::warn("skipped {}: {}", shown(skipped.file), skipped.reason);
  }
  for (const SharedPicture& shared : result.shared) {
    std::vector<std::string> names;
    for (const std::string& file : shared.files) names.push_back(shown(file));
    spdlog::warn("the same picture in different subsets: {}", join_and(names));
  }
  print_unused(result);
  for (size_t subset = 0; subset < kSubsets.size(); ++subset) {
    for (size_t label = 0; label < result.classes.size(); ++label) {
      print_text(fmt::format("total {} {} images: {}\n", kSubsets[subset],
                             shown(result.classes[label]), result.class_counts[label][subset]));
    }
  }
}

}  // namespace catdog
