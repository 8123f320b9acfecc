// SPDX-License-Identifier: Apache-2.0
// catdog bench: how fast each part of training is on this machine, and how near to its limit.
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <optional>

#include "catdog/bench/bench.hpp"
#include "catdog/cli/commands.hpp"
#include "catdog/cli/data_checks.hpp"
#include "catdog/cli/progress_bar.hpp"
#include "catdog/cli/standard_output.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/json_names.hpp"
#include "catdog/core/signals.hpp"
#include "catdog/core/text.hpp"
#include "catdog/data/training_pictures.hpp"
#include "catdog/train/environment.hpp"

namespace catdog {
namespace {

// Pictures of each class in train/, validation/ and test/ where none are given.
constexpr std::array<int64_t, 3> kDrawn = {200, 100, 0};

// A data folder within `folder`.
fs::path draw_pictures(const fs::path& folder) {
  spdlog::info("drawing {} pictures", 2 * (kDrawn[0] + kDrawn[1]));
  SplitOptions split;
  split.source = folder / "drawn";
  split.destination = folder / "data";
  split.counts = kDrawn;
  split.placement = Placement::hardlink;
  synthesize({.destination = split.source, .per_class = static_cast<int>(kDrawn[0] + kDrawn[1])});
  split_pictures(split);
  return split.destination;
}

// All rounds of what bears one name.
struct Result {
  std::string name;
  int64_t images;
  double gflop;
  std::vector<double> seconds;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double gflop_per_second(const Result& result) { return result.gflop / median(result.seconds); }

// The best that the machine did without a network around it; none where that was not measured.
std::optional<double> limit_of(const std::vector<Result>& results) {
  std::optional<double> limit;
  for (const Result& result : results) {
    if (result.images == 0) limit = std::max(limit.value_or(0), gflop_per_second(result));
  }
  return limit;
}

std::vector<Result> run_rounds(Bench& bench, const std::vector<std::string>& parts, int rounds) {
  std::vector<Result> results;
  ProgressBar bar;
  bar.start();
  const auto steps = static_cast<int64_t>(parts.size()) * rounds;
  int64_t done = 0;
  // Round after round, not part after part: a machine that slows down then slows all alike.
  for (int round = 0; round < rounds; ++round) {
    size_t place = 0;
    for (const std::string& part : parts) {
      bar.show(fmt::format("round {}/{}", round + 1, rounds), done++, steps, part);
      for (const Measurement& measured : bench.run(part)) {
        throw_if_interrupted();
        if (round == 0) results.push_back({measured.name, measured.images, measured.gflop, {}});
        results[place++].seconds.push_back(measured.seconds);
      }
    }
  }
  return results;
}

Json to_json(const std::vector<Result>& results) {
  const std::optional<double> limit = limit_of(results);
  Json json = Json::object();
  for (const Result& result : results) {
    Json& entry = json[result.name];
    entry = {{"images", result.images}, {"gflop", result.gflop}, {"seconds", result.seconds}};
    const auto images = static_cast<double>(result.images);
    if (result.images > 0) entry["images_per_second"] = images / median(result.seconds);
    if (result.gflop > 0) entry["gflop_per_second"] = gflop_per_second(result);
    if (result.gflop > 0 && limit) entry["share_of_limit"] = gflop_per_second(result) / *limit;
  }
  return json;
}

void print_table(const std::vector<Result>& results, const Config& config, const Json& machine) {
  print_text(
      fmt::format("{}, {} threads, {}; {}x{} px, batches of {}; decode to warp on one core\n\n",
                  machine.value("gpu", machine.value("processor", "")),
                  machine["threads"].get<int>(), machine["precision"].get<std::string>(),
                  config.data.image_size, config.data.image_size, config.train.batch_size));
  print_text(fmt::format("{:12} {:>10} {:>10} {:>10} {:>10} {:>9}\n", "", "images/s", "slowest",
                         "fastest", "GFLOP/s", "of limit"));
  const std::optional<double> limit = limit_of(results);
  for (const Result& result : results) {
    const auto [fastest, slowest] =
        std::minmax_element(result.seconds.begin(), result.seconds.end());
    const auto rate = [&](double seconds) {
      return result.images == 0
                 ? std::string()
                 : with_thousands(std::llround(static_cast<double>(result.images) / seconds));
    };
    const std::string speed =
        result.gflop > 0 ? fmt::format("{:.0f}", gflop_per_second(result)) : "";
    const std::string share = result.gflop > 0 && limit
                                  ? fmt::format("{:.0f} %", 100 * gflop_per_second(result) / *limit)
                                  : "";
    print_text(fmt::format("{:12} {:>10} {:>10} {:>10} {:>10} {:>9}\n", result.name,
                           rate(median(result.seconds)), rate(*slowest), rate(*fastest), speed,
                           share));
  }
}

// One round, with its times on one line of stdout, for each line that comes on stdin.
void answer_lines(Bench& bench, const std::vector<std::string>& parts, const Json& machine) {
  print_data(json_text(machine) + "\n");
  flush_results();
  for (std::string line; std::getline(std::cin, line);) {
    Json answer = Json::object();
    for (const std::string& part : parts) {
      for (const auto& [name, images, gflop, seconds] : bench.run(part)) {
        answer[name] = {{"images", images}, {"gflop", gflop}, {"seconds", seconds}};
      }
    }
    print_data(json_text(answer) + "\n");
    flush_results();
  }
  throw_if_interrupted();
}

}  // namespace

void setup_bench(CLI::App& app) {
  auto options = std::make_shared<BenchCommand>();
  CLI::App* command = app.add_subcommand("bench", "Time each part of training on this machine");
  add_config_flags(*command, options->config);
  const auto add = [&](const char* flag, const char* key, const char* help) {
    return add_setting_flag(*command, options->config, flag, key, help);
  };
  command
      ->add_option("--data", options->data,
                   "folder that holds train/ and validation/ (default: drawn pictures)")
      ->type_name("DIR");
  add("--batch-size", "train.batch_size", "pictures a step");
  add("--device", "train.device", "auto, cpu, cuda or cuda:N")->type_name("{auto,cpu,cuda}");
  add("--precision", "train.precision", "the network's numbers: auto, fp32 or bf16");
  add("--workers", "data.workers", "threads that prepare batches");
  add("--threads", "train.threads", "threads of LibTorch; 0: one a core");
  add_decode_flag(*command, options->config);
  command->add_option("--only", options->only, "parts to time, with commas between them")
      ->delimiter(',')
      ->check(one_of(Bench::parts()));
  command->add_option("--rounds", options->rounds, "rounds to time, after one that is not")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_flag("--paced", options->paced,
                    "do one round for each line on stdin, to take turns with other programs");
  command->add_flag("--json", options->json, "print one JSON object");
  add_examples(*command, {{"everything, on drawn pictures", "catdog bench"},
                          {"the training step and the machine's limit, in 32-bit floats",
                           "catdog bench --only step,limit --precision fp32"}});
  command->callback([options] { run_bench(*options); });
}

void run_bench(const BenchCommand& options) {
  Config config = load_config(options.config);
  config.train.steps_per_epoch = 0;  // an epoch is one pass over the training pictures
  const torch::Device device = choose_device(config.train.device);
  const OwnStream stream(device);
  use_threads(config.train.threads);
  use_exact_arithmetic();

  std::optional<TemporaryFolder> drawn;  // gone when this function ends
  fs::path dir = options.data;
  if (dir.empty()) {
    drawn.emplace("catdog-bench");
    dir = draw_pictures(drawn->path());
  }
  check_folder(dir);
  DataOptions uncached = config.data;
  uncached.cache = CacheKind::none;  // as catdog eval
  const std::shared_ptr<ByteBudget> memory = memory_budget(config.data);
  DataOptions data = config.data;
  data.dir = dir.string();
  const auto [training, validation] = open_training_pictures(data, memory);
  check_class_names(training, shown(dir));
  const bool has_test = fs::is_directory(subset_folder(dir, "test") / training.classes()[0]);
  const ImageFolder evaluated(subset_folder(dir, has_test ? "test" : "validation"), uncached,
                              memory_budget(uncached));

  Bench bench(config, training, validation, evaluated, device);
  const std::vector<std::string> parts = options.only.empty() ? Bench::parts() : options.only;
  run_rounds(bench, parts, /*rounds=*/1);  // fills caches
  const Json machine = environment(device, bench.precision());
  if (options.paced) {
    answer_lines(bench, parts, machine);
    return;
  }
  const std::vector<Result> results = run_rounds(bench, parts, options.rounds);
  if (options.json) {
    print_data(json_text({{"environment", machine}, {"results", to_json(results)}}) + "\n");
  } else {
    print_table(results, config, machine);
  }
}

}  // namespace catdog
