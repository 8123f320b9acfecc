// SPDX-License-Identifier: Apache-2.0
// Whatever bytes come as a config: a ConfigError, or options that, written, read back equal. With
// the section `augment` and one of the other kinds of rule: the rest needs LibTorch, and is read by
// the same code.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "catdog/core/error.hpp"
#include "catdog/core/options.hpp"
#include "catdog/pictures/augment.hpp"

namespace {

using namespace catdog;

struct Others {
  int number = 1;
  uint64_t seed = 0;
  std::vector<int> numbers = {32};
  bool flag = false;
  std::string text = "text";
};

struct Options {
  AugmentOptions augment;
  Others others;

  Sections sections() {
    Sections sections(2);
    sections[0].first = "augment";
    augment.describe(sections[0].second);
    sections[1].first = "train";
    OptionTable& table = sections[1].second;
    table.number("epochs", others.number, {1, 1'000'000}, "");
    table.number("seed", others.seed, "");
    table.numbers("filters", others.numbers, {1, 4096}, "");
    table.flag("cuda_graph", others.flag, "");
    table.text("device", others.text, "");
    return sections;
  }
};

void read(Options& options, std::string_view text) {
  throw_if_any(read_sections(options.sections(), parse_json(text, "file"), "file"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    Options flags;
    throw_if_any(apply_settings(flags.sections(),
                                {{.key = "augment.zoom_range", .value = text, .flag = "--set"},
                                 {.key = text, .value = "1", .flag = "--set"}}));
  } catch (const ConfigError&) {
  }
  Options options, again;
  try {
    read(options, text);
  } catch (const ConfigError&) {
    return 0;
  }
  const std::string written = write_sections(options.sections()).dump();
  read(again, written);  // what was accepted is so again
  if (write_sections(again.sections()).dump() != written) std::abort();
  return 0;
}
