// SPDX-License-Identifier: Apache-2.0
// catdog doctor: whether and how fast training works here, and what to type where it does not.
#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "catdog/cli/columns.hpp"
#include "catdog/cli/commands.hpp"
#include "catdog/cli/standard_output.hpp"
#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/json_names.hpp"
#include "catdog/core/text.hpp"
#include "catdog/doctor/findings.hpp"

namespace catdog {
namespace {

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json to_json(const GpuFacts& gpu) {
  Json devices = Json::array();
  for (const Gpu& device : gpu.devices) {
    devices.push_back({{"name", device.name}, {"bytes", device.bytes}});
  }
  return {{"in_libtorch", gpu.in_libtorch},
          {"in_machine", gpu.in_machine},
          {"has_driver", gpu.has_driver},
          {"driver_cuda", gpu.driver_cuda},
          {"libtorch_cuda", gpu.libtorch_cuda},
          {"usable", gpu.usable},
          {"devices", devices},
          {"text", gpu_text(gpu)}};
}

Json to_json(const CoreFacts& cores) {
  const Processors& processors = cores.processors;
  return {{"name", cores.name},
          {"in_machine", processors.in_machine},
          {"allowed", processors.allowed},
          {"quota", or_null(processors.quota)},
          {"usable", processors.usable()},
          {"load", cores.load},
          {"instructions", cores.has}};
}

Json to_json(const DiskFacts& disk, uint64_t run_bytes) {
  Json json;
  set_name(json, "folder", disk.folder);
  json.update({{"free_bytes", disk.free_bytes},
               {"can_write", disk.can_write},
               {"run_bytes", run_bytes}});
  return json;
}

Json to_json(const std::vector<CodecLibrary>& codecs) {
  Json json = Json::array();
  for (const CodecLibrary& library : codecs) {
    Json& one = json.emplace_back(Json{{"name", library.name},
                                       {"version", library.version},
                                       {"package", library.package},
                                       {"package_version", library.package_version},
                                       {"holes", library.holes}});
    set_name(one, "path", library.path);
  }
  return json;
}

Json to_json(const MachineFacts& facts, const std::vector<HealthFinding>& findings) {
  const LibTorchFacts& libtorch = facts.libtorch;
  Json json = {{"versions", facts.versions},
               {"libtorch",
                {{"blas", libtorch.blas},
                 {"onednn", libtorch.onednn},
                 {"openmp", libtorch.has_openmp},
                 {"capability", libtorch.capability}}},
               {"processor", to_json(facts.cores)},
               {"threads", facts.threads},
               {"device", facts.device},
               {"precision", {{"auto", facts.precision.chosen}, {"text", precision_text(facts)}}},
               {"cuda", to_json(facts.gpu)},
               {"formats", Json::object()},
               {"codecs", to_json(facts.codecs)},
               {"memory",
                {{"total_bytes", facts.memory.total_bytes},
                 {"free_bytes", facts.memory.free_bytes},
                 {"limit_bytes", or_null(facts.memory.limit_bytes)}}},
               {"disk", to_json(facts.disk, facts.run_bytes)},
               {"limits",
                {{"open_files", or_null(facts.limits.open_files)},
                 {"file_bytes", or_null(facts.limits.file_bytes)},
                 {"address_bytes", or_null(facts.limits.address_bytes)}}},
               {"speed", nullptr},
               {"findings", Json::array()}};
  for (const auto& [name, can_read] : facts.formats) json["formats"][name] = can_read;
  if (facts.speed && facts.speed->error.empty()) {
    json["speed"] = {{"images_per_second", facts.speed->images_per_second},
                     {"share_of_limit", or_null(facts.speed->share)}};
  }
  for (const HealthFinding& finding : findings) {
    json["findings"].push_back({{"stops_training", finding.stops_training},
                                {"what", finding.what},
                                {"remedy", finding.remedy}});
  }
  return json;
}

std::string gigabytes(uint64_t bytes) {
  return fmt::format("{:.1f} GB", static_cast<double>(bytes) / 1e9);
}

std::string libtorch_text(const MachineFacts& facts) {
  const LibTorchFacts& libtorch = facts.libtorch;
  return fmt::format("{}; oneDNN {}, BLAS {}, {}; its own loops in {}",
                     facts.versions["libtorch"].get<std::string>(),
                     libtorch.onednn.empty() ? "none" : libtorch.onednn,
                     libtorch.blas.empty() ? "not known" : libtorch.blas,
                     libtorch.has_openmp ? "OpenMP" : "no OpenMP", libtorch.capability);
}

std::string cores_text(const CoreFacts& cores) {
  const auto& [in_machine, allowed, quota] = cores.processors;
  std::string text = fmt::format("{}", allowed);
  if (allowed < in_machine) text += fmt::format(" of {}", in_machine);
  if (quota) text += fmt::format(", with the time of {:.3g}", *quota);
  return text + fmt::format("; load {:.1f}", cores.load);
}

std::string formats_text(const MachineFacts& facts) {
  std::vector<std::string> readable;
  for (const auto& [name, can_read] : facts.formats) {
    if (can_read) readable.push_back(name);
  }
  return readable.empty() ? "none" : join_and(readable);
}

std::string codecs_text(const std::vector<CodecLibrary>& codecs) {
  std::vector<std::string> texts;
  for (const CodecLibrary& library : codecs) {
    std::string version = library.version;
    if (version.empty()) version = library.package_version;
    texts.push_back(library.name + " " + (version.empty() ? "of unknown version" : version));
    if (!library.version.empty() && !library.package_version.empty()) {
      texts.back() += fmt::format(" ({})", library.package_version);
    }
  }
  return texts.empty() ? "inside OpenCV" : join_and(texts);
}

std::string limits_text(const ProcessLimits& limits) {
  const auto bytes = [](const std::optional<uint64_t>& limit) {
    return limit ? gigabytes(*limit) : std::string("any size");
  };
  return fmt::format("{} open files; files of {}; address space of {}",
                     limits.open_files ? with_thousands(static_cast<int64_t>(*limits.open_files))
                                       : "any number of",
                     bytes(limits.file_bytes), bytes(limits.address_bytes));
}

std::string speed_text(const SpeedFacts& speed) {
  if (!speed.error.empty()) return "a training step fails";
  std::string text = fmt::format("{} pictures/s in training steps of the default network",
                                 with_thousands(std::llround(speed.images_per_second)));
  if (speed.share) {
    text += fmt::format(", {:.0f} % of the best that this machine does now", 100 * *speed.share);
  }
  return text;
}

std::string machine_text(const MachineFacts& facts) {
  const auto version = [&](const char* key) { return facts.versions[key].get<std::string>(); };
  std::vector<std::vector<std::string>> rows = {
      {"catdog",
       fmt::format("{}, commit {}, {}", version("catdog"), version("commit"), version("compiler"))},
      {"LibTorch", libtorch_text(facts)},
      {"OpenCV", version("opencv")},
      {"pictures", formats_text(facts)},
      {"decoders", codecs_text(facts.codecs)},
      {"processor", facts.cores.name},
      {"instructions", facts.cores.has.empty() ? "none that matter" : join_and(facts.cores.has)},
      {"cores", cores_text(facts.cores)},
      {"threads", fmt::format("{} of LibTorch", facts.threads)},
      {"precision", precision_text(facts)},
      {"CUDA", gpu_text(facts.gpu)},
      {"memory",
       fmt::format("{} free of {}", gigabytes(facts.memory.free_bytes),
                   gigabytes(facts.memory.limit_bytes.value_or(facts.memory.total_bytes)))},
      {"disk", fmt::format("{} free in {}; a run needs {}", gigabytes(facts.disk.free_bytes),
                           shown(facts.disk.folder), gigabytes(facts.run_bytes))},
      {"limits", limits_text(facts.limits)}};
  if (facts.speed) rows.push_back({"speed", speed_text(*facts.speed)});
  return in_columns(rows);
}

void print_findings(const std::vector<HealthFinding>& findings) {
  if (findings.empty()) print_text("\nNothing to remark.\n");
  bool first = true, stopped = true;
  for (const HealthFinding& finding : findings) {
    if (first || finding.stops_training != stopped) {
      print_text(fmt::format("\n{}:\n",
                             finding.stops_training ? "Training cannot work" : "Worth knowing"));
    }
    first = false;
    stopped = finding.stops_training;
    print_text(fmt::format("  {}\n    {}\n", finding.what, finding.remedy));
  }
}

}  // namespace

void setup_doctor(CLI::App& app) {
  auto options = std::make_shared<DoctorCommand>();
  CLI::App* command =
      app.add_subcommand("doctor", "Tell whether and how fast training works on this machine");
  command->add_flag("--no-speed", options->no_speed, "leave out the speed test of two seconds");
  command->add_flag("--json", options->json, "print one JSON object");
  add_examples(*command, {{"where something is slow, or does not work", "catdog doctor"},
                          {"the facts alone, to go with a bug report",
                           "catdog doctor --no-speed --json > doctor.json"}});
  command->callback([options] { run_doctor(*options); });
}

void run_doctor(const DoctorCommand& options) {
  const MachineFacts facts = gather_facts(/*with_speed=*/!options.no_speed);
  const std::vector<HealthFinding> findings = findings_of(facts);
  if (options.json) {
    print_data(json_text(to_json(facts, findings), /*indent=*/2) + "\n");
  } else {
    print_text(machine_text(facts));
    print_findings(findings);
  }
  const auto count = std::count_if(findings.begin(), findings.end(),
                                   [](const auto& finding) { return finding.stops_training; });
  if (count > 0) {
    throw Error(fmt::format("training cannot work here: {}",
                            count == 1 ? findings[0].what : fmt::format("{} findings", count)));
  }
}

}  // namespace catdog
