// SPDX-License-Identifier: Apache-2.0
#include <spdlog/fmt/fmt.h>

#include "catdog/core/files.hpp"
#include "catdog/core/text.hpp"
#include "html.hpp"
#include "sections.hpp"

namespace catdog {
namespace {

std::string first_batch(const ReportedRun& run) {
  if (!run.first_batch) return "";
  return "<h3>First training batch</h3>\n<figure><img alt=\"The first training batch as one sheet, "
         "each picture with its class and its file’s name\" src=\"" +
         jpeg_address(*run.first_batch) +
         "\"><figcaption>The first training batch, as the network saw it: augmentation should vary "
         "the pictures and leave them what they are.</figcaption></figure>\n";
}

std::string json_details(const char* name, const Json& json) {
  return fmt::format("<details><summary>{}</summary><pre>{}</pre></details>\n", name,
                     html_escaped(json.dump(2)));
}

// Flags for what the config leaves to the machine, and that changes the last bits.
std::string machine_flags(const RecordedRun& run) {
  if (!run.environment) return "";
  const Json threads = run.environment->value("threads", Json());
  const Json precision = run.environment->value("precision", Json());
  std::string flags;
  if (threads.is_number_integer()) flags += " --threads " + threads.dump();
  if (precision.is_string()) flags += " --precision " + shell_word(precision.get<std::string>());
  return flags;
}

std::string reproduction(const ReportedRun& run) {
  const auto path = [&](const char* file) { return shell_word(shown(run.folder / file)); };
  const std::string commands = fmt::format(
      "catdog train --config {}{}\ncatdog eval --model {} --save-predictions {}\n"
      "catdog report {}\n",
      path("config.json"), machine_flags(run.record), path("model.pt"),
      path("predictions/test.csv"), shell_word(shown(run.folder)));
  return "<h3>How to reproduce</h3>\n<pre>" + html_escaped(commands) +
         "</pre>\n<p>The first trains again, in a new folder: with the same pictures and version, "
         "on the "
         "same kind of processor, to the same bits. The second judges this run’s model on the test "
         "pictures, once, at the end. The third makes this page anew.</p>\n";
}

}  // namespace

std::string record_section(const ReportedRun& run) {
  std::string html = first_batch(run) + "<h3>Settings</h3>\n";
  for (const std::string& text : run.missing) html += "<p>" + html_escaped(text) + "</p>\n";
  html += json_details("Config: every key, as config.json", run.record.config);
  if (run.record.environment) {
    html += json_details("Environment: versions and machine, as env.json", *run.record.environment);
  }
  return html + reproduction(run);
}

}  // namespace catdog
