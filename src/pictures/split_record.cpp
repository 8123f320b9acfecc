// SPDX-License-Identifier: Apache-2.0
#include "split_record.hpp"

#include "catdog/core/error.hpp"
#include "catdog/core/json_names.hpp"
#include "catdog/core/text.hpp"

namespace catdog {
namespace {

constexpr const char* kFormat = "catdog-split-1";

const char* name_of(Placement placement) {
  switch (placement) {
    case Placement::copy: return "copy";
    case Placement::hardlink: return "hardlink";
    case Placement::symlink: return "symlink";
  }
  return "";
}

Json options_record(const SplitOptions& options) {
  Json record;
  if (options.fractions.empty()) {
    for (size_t i = 0; i < kSubsets.size(); ++i) record[kSubsets[i]] = options.counts[i];
  } else {
    record["fractions"] = options.fractions;
  }
  record["placement"] = name_of(options.placement);
  record["shuffle"] = options.shuffle;
  record["seed"] = options.seed;
  record["skip_bad"] = options.skip_bad;
  record["merge"] = options.merge;
  return record;
}

}  // namespace

std::string split_record(const SplitOptions& options, const SplitResult& result,
                         const std::vector<SplitPicture>& pictures) {
  Json record = {{"format", kFormat}};
  set_name(record, "source", options.source);
  record["options"] = options_record(options);
  set_names(record, "classes", result.classes);
  for (const char* list : {"pictures", "skipped", "not_taken", "duplicates"}) record[list] = Json::array();
  for (const SplitPicture& picture : pictures) {
    Json& entry = record["pictures"].emplace_back(Json::object());
    set_name(entry, "name", picture.name);
    set_name(entry, "source", picture.source);
    entry["bytes"] = picture.bytes;
    entry["sha256"] = picture.sha256;
  }
  for (const SkippedPicture& skipped : result.skipped) {
    Json& entry = record["skipped"].emplace_back(Json::object());
    set_name(entry, "source", skipped.file);
    entry["reason"] = skipped.reason;
  }
  for (const SkippedFile& file : result.not_taken) {
    Json& entry = record["not_taken"].emplace_back(Json::object());
    set_name(entry, "source", file.path.lexically_relative(options.source));
    entry["reason"] = file.reason;
  }
  for (const SharedPicture& shared : result.shared) {
    set_names(record["duplicates"].emplace_back(Json::object()), "files", shared.files);
  }
  return json_text(record, /*indent=*/1) + "\n";
}

std::map<std::string, std::string> hashes_in_record(std::string_view text,
                                                    const std::string& source) {
  std::map<std::string, std::string> hashes;
  try {
    const Json record = Json::parse(text);
    if (record.at("format") != kFormat) throw DataError(source + ": of another format");
    for (const Json& picture : record.at("pictures")) {
      const auto digest = picture.at("sha256").get<std::string>();
      if (!is_hexadecimal(digest, 64) ||
          !hashes.emplace(get_name(picture, "name"), digest).second) {
        throw DataError(source + ": damaged, or not made by catdog split");
      }
    }
  } catch (const Json::exception&) {
    throw DataError(source + ": damaged, or not made by catdog split");
  }
  return hashes;
}

}  // namespace catdog
