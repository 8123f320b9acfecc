// SPDX-License-Identifier: Apache-2.0
#include "catdog/export/export.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/text.hpp"
#include "catdog/version.hpp"
#include "formats.hpp"

namespace catdog {
namespace {

// In the order of ExportFormat.
struct Format {
  const char* name;
  const char* ending;  // of the file, in place of .pt
  std::string (*write)(const ExportSource& source);
  OpenedExport (*open)(std::string_view bytes);
};
constexpr Format kFormats[] = {
    {"onnx", ".onnx", to_onnx, open_onnx},
    {"safetensors", ".safetensors", to_safetensors, open_safetensors},
    {"torchscript", ".torchscript.pt", to_torchscript, open_torchscript},
};

const Format& row_of(ExportFormat format) { return kFormats[static_cast<size_t>(format)]; }

fs::path default_output(ExportFormat format, const fs::path& model_file) {
  fs::path path = model_file;
  if (path.extension() == ".pt") path.replace_extension();
  path += row_of(format).ending;
  return path;
}

bool is_there(const fs::path& path) { return file_id(path).has_value(); }

[[noreturn]] void refuse_existing(const fs::path& path) {
  throw ConfigError(shown(path) + ": exists already and stays; -o names another file");
}

}  // namespace

const std::vector<std::string>& export_format_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Format& format : kFormats) all.emplace_back(format.name);
    return all;
  }();
  return names;
}

ExportFormat export_format(const std::string& name) {
  const std::vector<std::string>& names = export_format_names();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) {
    throw ConfigError(fmt::format("--format {}: there are {}", name, join_and(names)));
  }
  return static_cast<ExportFormat>(found - names.begin());
}

ExportSource load_export_source(const fs::path& model_file) {
  const std::string bytes = read_archive_file(model_file);
  return {to_trained_model(parse_archive(bytes, shown(model_file)), shown(model_file)),
          sha256(bytes)};
}

std::map<std::string, std::string> description_of(const ExportSource& source) {
  Json config = to_json(source.model.config);
  config["data"].erase("dir");
  return {{"classes", Json(source.model.classes).dump()},
          {"image_size", std::to_string(source.model.config.data.image_size)},
          {"resize", config["data"]["resize"].get<std::string>()},
          {"config", config.dump()},
          {"digest", source.digest},
          {"catdog_version", kVersion}};
}

std::vector<fs::path> export_paths(ExportFormat format, const fs::path& model_file,
                                   const fs::path& output) {
  std::vector<fs::path> paths = {output.empty() ? default_output(format, model_file) : output};
  if (!paths[0].has_filename()) {
    throw ConfigError(shown(paths[0]) + ": names a folder; -o names the file to write");
  }
  if (format == ExportFormat::safetensors) {
    paths.push_back(fs::path(paths[0]).replace_extension(".py"));
    if (paths[1] == paths[0]) {
      throw ConfigError(shown(paths[0]) +
                        ": the Python module beside the weights has that name; "
                        "-o names another file");
    }
  }
  // The first of two alone may be what a killed export left: write_export looks.
  const bool is_half = paths.size() == 2 && is_there(paths[0]) && !is_there(paths[1]);
  for (const fs::path& path : paths) {
    if (is_there(path) && !is_half) refuse_existing(path);
  }
  return paths;
}

std::vector<std::string> export_model(const ExportSource& source, ExportFormat format,
                                      const std::vector<fs::path>& paths) {
  std::vector<std::string> contents = {row_of(format).write(source)};
  if (paths.size() > 1) contents.push_back(to_python_module(source, paths[0]));
  return contents;
}

OpenedExport open_export(ExportFormat format, std::string_view bytes) {
  return row_of(format).open(bytes);
}

void write_export(const std::vector<fs::path>& paths, const std::vector<std::string>& contents) {
  std::vector<bool> is_wanted;
  for (size_t i = 0; i < paths.size(); ++i) {
    is_wanted.push_back(!is_there(paths[i]));
    std::error_code ignored;
    const bool is_same =
        is_wanted[i] || (fs::is_regular_file(fs::symlink_status(paths[i], ignored)) &&
                         read_file(paths[i]) == contents[i]);
    if (!is_same) refuse_existing(paths[i]);
  }
  std::vector<std::pair<fs::path, FileId>> written;
  try {
    for (size_t i = 0; i < paths.size(); ++i) {
      remove_temporaries(paths[i].parent_path(), {paths[i].filename()});
      if (!is_wanted[i]) continue;
      written.emplace_back(paths[i], write_file_atomically(paths[i], contents[i]));
    }
  } catch (const Error&) {
    for (const auto& [path, id] : written) remove_own_file(path, FolderLink::follow, id);
    throw;
  }
}

}  // namespace catdog
