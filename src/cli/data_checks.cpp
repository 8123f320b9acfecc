// SPDX-License-Identifier: Apache-2.0
#include "catdog/cli/data_checks.hpp"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "catdog/core/class_names.hpp"
#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/json_names.hpp"
#include "catdog/core/text.hpp"
#include "catdog/pictures/subsets.hpp"

namespace catdog {
namespace {

// Whether the folders in `dir` are subsets, at least two of them: `catdog split` asks for --merge.
bool holds_subsets_alone(const fs::path& dir) {
  const std::vector<fs::path> folders = folders_in(dir);
  return folders.size() >= 2 &&
         std::all_of(folders.begin(), folders.end(), [](const fs::path& folder) {
           return subset_of_name(folder.filename().native()).has_value();
         });
}

}  // namespace

void check_folder(const fs::path& dir) {
  if (!is_plain_text(dir.native())) {
    throw ConfigError(fmt::format(
        "data.dir = {}: its path must be valid UTF-8 without control characters, to be recorded "
        "with the model",
        shown(dir)));
  }
  if (fs::is_directory(subset_folder(dir, "train")) &&
      fs::is_directory(subset_folder(dir, "validation"))) {
    return;
  }
  // What the user has may be what split takes: labelled images, or subsets that lack one of them.
  std::error_code ignored;
  const bool has_source = fs::is_directory(dir, ignored) && !fs::is_empty(dir, ignored);
  const std::string source = has_source ? shell_word(shown(dir)) : "SOURCE";
  const std::string made = shell_word(shown(dir) + (has_source ? "-split" : ""));
  throw DataError(fmt::format(
      "{}: needs the folders train and validation; catdog split {} {} --fractions .7,.15,.15{} "
      "makes them{}",
      shown(dir), source, made, has_source && holds_subsets_alone(dir) ? " --merge" : "",
      has_source ? ", to be trained on with --data " + made : ""));
}

void check_class_names(const ImageFolder& training, const std::string& dir) {
  const std::string fault = class_list_fault(training.classes());
  if (!fault.empty()) throw DataError(fmt::format("{}/train: {}", dir, fault));
}

void log_skipped(const std::string& where, const std::vector<SkippedFile>& skipped) {
  if (skipped.empty()) return;
  const bool has_images = std::any_of(skipped.begin(), skipped.end(),
                                      [](const SkippedFile& file) { return file.is_image; });
  spdlog::log(has_images ? spdlog::level::warn : spdlog::level::info, "{}: {}", where,
              skipped_summary(skipped));
}

Json skipped_record(const std::vector<SkippedFile>& skipped) {
  Json record = Json::array();
  for (const SkippedFile& file : skipped) {
    Json& entry = record.emplace_back(Json::object());
    set_name(entry, "file", file.path);
    entry["reason"] = file.reason;
  }
  return record;
}

std::string left_out_text(const ImageFolder& folder) {
  constexpr size_t kNamed = 5;
  const std::vector<LeftOutPicture>& left_out = folder.left_out();
  if (left_out.empty()) return "";
  std::vector<std::string> names;
  for (size_t i = 0; i < std::min(left_out.size(), kNamed); ++i) {
    names.push_back(fmt::format("{} ({})", shown(left_out[i].file), left_out[i].fault));
  }
  if (left_out.size() > kNamed) names.push_back(fmt::format("{} more", left_out.size() - kNamed));
  return fmt::format("{} left out: {}", left_out.size(), join_and(names));
}

Json left_out_record(const ImageFolder& folder) {
  Json record = Json::array();
  for (const LeftOutPicture& picture : folder.left_out()) {
    Json& entry = record.emplace_back(Json::object());
    set_name(entry, "file", picture.file);
    entry["reason"] = picture.fault;
  }
  return record;
}

}  // namespace catdog
