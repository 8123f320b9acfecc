// SPDX-License-Identifier: Apache-2.0
// catdog check: what is wrong or odd with a folder of pictures, before anything is trained on it.
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <utility>

#include "catdog/cli/columns.hpp"
#include "catdog/cli/commands.hpp"
#include "catdog/cli/progress_bar.hpp"
#include "catdog/cli/standard_output.hpp"
#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/json_names.hpp"
#include "catdog/core/options.hpp"
#include "catdog/core/text.hpp"

namespace catdog {
namespace {

constexpr size_t kListed = 10;  // findings of a kind; --json has all

int64_t spoiling(const CheckResult& result) {
  return std::count_if(result.findings.begin(), result.findings.end(),
                       [](const Finding& finding) { return finding.spoils(); });
}

Json to_json(const Spread& spread) {
  return {{"smallest", spread.smallest}, {"median", spread.median}, {"largest", spread.largest}};
}

Json to_json(const CheckOptions& options, const CheckResult& result) {
  Json json;
  set_name(json, "folder", options.dir);
  set_names(json, "classes", result.classes);
  json.update({{"is_split", result.is_split},
               {"pictures", result.pictures},
               {"counts", Json::object()},
               {"formats", result.formats},
               {"width_px", to_json(result.width_px)},
               {"height_px", to_json(result.height_px)},
               {"bytes", to_json(result.bytes)},
               {"spoiling", spoiling(result)},
               {"findings", Json::array()}});
  for (size_t subset = 0; subset < result.subsets.size(); ++subset) {
    Json counts = Json::object();
    for (size_t label = 0; label < result.classes.size(); ++label) {
      // The keys are in the order of "classes" and unique, also where U+FFFD makes names equal.
      std::string key = valid_utf8(result.classes[label]);
      while (counts.contains(key)) key += "\uFFFD";
      counts[key] = result.counts[subset][label];
    }
    json["counts"][result.is_split ? result.subsets[subset] : "all"] = std::move(counts);
  }
  for (const Finding& finding : result.findings) {
    Json& entry = json["findings"].emplace_back(
        Json({{"kind", text_of(finding.kind).id}, {"spoils", finding.spoils()}}));
    set_names(entry, "files", finding.files);
    entry["detail"] = finding.detail;
  }
  return json;
}

void print_counts(const CheckOptions& options, const CheckResult& result) {
  std::vector<std::string> formats;
  for (const auto& [format, count] : result.formats) {
    formats.push_back(fmt::format("{} {}", with_thousands(count), format));
  }
  size_t width = 12;
  for (const std::string& name : result.classes) width = std::max(width, width_of(shown(name)));
  print_text(fmt::format("{}: {} pictures{}{}\n\n{:{}}", shown(options.dir),
                         with_thousands(result.pictures), formats.empty() ? "" : ", ",
                         join_and(formats), "", width));
  for (const std::string& subset : result.subsets) {
    print_text(fmt::format("{:>12}", result.is_split ? subset : "pictures"));
  }
  for (size_t label = 0; label < result.classes.size(); ++label) {
    print_text(fmt::format("\n{:{}}", shown(result.classes[label]), width));
    for (const std::vector<int64_t>& counts : result.counts) {
      print_text(fmt::format("{:>12}", with_thousands(counts[label])));
    }
  }
  print_text(fmt::format("\n\n{:12}{:>10}{:>10}{:>10}\n", "", "smallest", "median", "largest"));
  const auto print_spread = [](const char* what, const Spread& spread) {
    print_text(fmt::format("{:12}{:>10}{:>10}{:>10}\n", what, with_thousands(spread.smallest),
                           with_thousands(spread.median), with_thousands(spread.largest)));
  };
  print_spread("width, px", result.width_px);
  print_spread("height, px", result.height_px);
  print_spread("bytes", result.bytes);
}

std::string line_of(const Finding& finding) {
  std::vector<std::string> names;
  for (const std::string& file : finding.files) names.push_back(shown(file));
  const std::string files = join_and(names);
  return files + (files.empty() || finding.detail.empty() ? "" : ": ") + shown(finding.detail);
}

// Kind by kind: how many, and the first of them.
void print_findings(const std::vector<Finding>& findings) {
  bool heading_of_notes = false, heading_of_faults = false;
  for (auto first = findings.begin(); first != findings.end();) {
    const auto end = std::find_if(first, findings.end(),
                                  [&](const Finding& other) { return other.kind != first->kind; });
    bool& has_heading = first->spoils() ? heading_of_faults : heading_of_notes;
    if (!std::exchange(has_heading, true)) {
      print_text(fmt::format(
          "\n{}:\n", first->spoils() ? "Would spoil training or judging" : "Worth knowing"));
    }
    const auto count = static_cast<size_t>(end - first);
    print_text(fmt::format("{:>7}  {}\n", with_thousands(static_cast<int64_t>(count)),
                           text_of(first->kind).title));
    for (size_t i = 0; i < std::min(count, kListed); ++i) {
      print_text(fmt::format("           {}\n", line_of(first[static_cast<std::ptrdiff_t>(i)])));
    }
    if (count > kListed) print_text(fmt::format("           and {} more\n", count - kListed));
    first = end;
  }
  if (findings.empty()) print_text("\nNothing to remark.\n");
}

}  // namespace

void setup_check(CLI::App& app) {
  auto options = std::make_shared<CheckCommand>();
  CLI::App* command = app.add_subcommand("check", "Look for pictures that would spoil training");
  command
      ->add_option("DIR", options->check.dir,
                   "a split, or labelled pictures as split takes them; nothing in it is changed")
      ->required()
      ->type_name("");
  command
      ->add_option("--near", options->check.near_bits,
                   "bits of 256 in which near-duplicates may differ; -1: do not look for them")
      ->check(CLI::Range(-1, 128))
      ->capture_default_str();
  command
      ->add_option("--tiny", options->check.tiny_px, "pictures with a side below this are tiny, px")
      ->check(CLI::Range(0, 1 << 20))
      ->capture_default_str();
  add_decode_flag(*command, options->check.limits);
  command->add_flag("--json", options->json, "print one JSON object, with every finding");
  add_examples(*command, {{"before training", "catdog check data/cats_and_dogs_small"},
                          {"every finding, for a program; no search for near-duplicates",
                           "catdog check data/cats_and_dogs_small --near -1 --json"}});
  command->callback([options] { run_check(*options); });
}

void run_check(const CheckCommand& options) {
  ProgressBar bar;
  const CheckResult result = check_pictures(options.check, [&](size_t done, size_t of) {
    bar.show("check", static_cast<int64_t>(done), static_cast<int64_t>(of), "");
  });
  bar.clear();
  if (options.json) {
    print_data(json_text(to_json(options.check, result), /*indent=*/2) + "\n");
  } else {
    print_counts(options.check, result);
    print_findings(result.findings);
  }
  const int64_t count = spoiling(result);
  if (count > 0) {
    throw DataError(fmt::format(
        "{}: {} would spoil training or judging; remove or mend those pictures",
        shown(options.check.dir), count == 1 ? "1 finding" : with_thousands(count) + " findings"));
  }
}

}  // namespace catdog
