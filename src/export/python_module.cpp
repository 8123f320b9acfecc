// SPDX-License-Identifier: Apache-2.0
// The Python module beside exported weights: src/export/python/model.py.in, filled in.
#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "architecture.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/json_names.hpp"
#include "catdog/core/text.hpp"
#include "catdog/python_sources.hpp"
#include "catdog/version.hpp"
#include "formats.hpp"
#include "python_forward.hpp"

namespace catdog {
namespace {

// A JSON text is one of Python too.
std::string in_python(const Json& value) { return json_text(value); }

// For a comment: no text can end it, or the line.
std::string in_comment(const std::string& text) {
  std::string safe = shown(text);
  std::replace(safe.begin(), safe.end(), '"', '\'');
  std::replace(safe.begin(), safe.end(), '\\', '/');
  return safe;
}

std::string outputs_in_words(int classes) {
  if (classes == 2)
    return "logits (N) of the second class, and the classes'\n    probabilities (N, 2)";
  return fmt::format("logits (N, {0}) of the classes, and their\n    probabilities (N, {0})",
                     classes);
}

// Fills in each {{key}} of the template once.
std::string filled_in(std::string text, const std::map<std::string, std::string>& values) {
  size_t place = 0;
  while ((place = text.find("{{", place)) != std::string::npos) {
    const size_t end = text.find("}}", place);
    const std::string& value = values.at(text.substr(place + 2, end - place - 2));
    text.replace(place, end + 2 - place, value);
    place += value.size();
  }
  return text;
}

}  // namespace

std::string to_python_module(const ExportSource& source, const fs::path& weights) {
  const PythonNetwork network = as_python(*source.model.net);
  std::string layers;
  for (const PythonLayer& layer : network.layers) {
    layers += fmt::format("        self.{} = {}\n", layer.name, layer.constructor);
  }
  std::vector<std::string> classes;
  for (const std::string& name : source.model.classes) classes.push_back(in_python(name));
  return filled_in(python_sources::model,
                   {{"classes", in_comment(join_and(source.model.classes))},
                    {"version", kVersion},
                    {"module", in_comment(fs::path(weights.filename()).replace_extension(".py"))},
                    {"class_list", fmt::format("[{}]", fmt::join(classes, ", "))},
                    {"size", std::to_string(source.model.config.data.image_size)},
                    {"ending", in_python(weights.extension().string())},
                    {"outputs", outputs_in_words(network.classes)},
                    {"layers", layers},
                    {"forward", forward_in_python(network, "def forward(self, pictures):", "    ")},
                    {"resize", in_python(description_of(source).at("resize"))},
                    {"read_image", python_sources::read_image}});
}

}  // namespace catdog
