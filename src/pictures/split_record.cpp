// SPDX-License-Identifier: Apache-2.0
#include "split_record.hpp"

#include <nlohmann/json.hpp>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"

namespace catdog {
namespace {

using Json = nlohmann::ordered_json;

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

// Names go through shown(): JSON holds UTF-8 only, and file names need not be UTF-8.
std::string split_record(const SplitOptions& options, const SplitResult& result,
                         const std::vector<SplitPicture>& pictures) {
  Json record = {{"format", kFormat},
                 {"source", shown(options.source)},
                 {"options", options_record(options)},
                 {"classes", Json::array()},
                 {"pictures", Json::array()},
                 {"skipped", Json::array()},
                 {"not_taken", Json::array()},
                 {"duplicates", Json::array()}};
  for (const std::string& name : result.classes) record["classes"].push_back(shown(name));
  for (const SplitPicture& picture : pictures) {
    record["pictures"].push_back({{"name", shown(picture.name)},
                                  {"source", shown(picture.source)},
                                  {"bytes", picture.bytes},
                                  {"sha256", picture.sha256}});
  }
  for (const SkippedPicture& skipped : result.skipped) {
    record["skipped"].push_back({{"source", shown(skipped.file)}, {"reason", skipped.reason}});
  }
  for (const SkippedFile& file : result.not_taken) {
    record["not_taken"].push_back(
        {{"source", shown(file.path.lexically_relative(options.source))}, {"reason", file.reason}});
  }
  for (const SharedPicture& shared : result.shared) {
    Json names = Json::array();
    for (const std::string& name : shared.files) names.push_back(shown(name));
    record["duplicates"].push_back(std::move(names));
  }
  return record.dump(/*indent=*/1) + "\n";
}

std::multimap<std::string, std::string> hashes_in_record(std::string_view text,
                                                         const std::string& source) {
  std::multimap<std::string, std::string> hashes;
  try {
    const Json record = Json::parse(text);
    if (record.at("format") != kFormat) throw DataError(source + ": of another format");
    for (const Json& picture : record.at("pictures")) {
      hashes.emplace(picture.at("name").get<std::string>(),
                     picture.at("sha256").get<std::string>());
    }
  } catch (const Json::exception&) {
    throw DataError(source + ": damaged, or not made by catdog split");
  }
  return hashes;
}

}  // namespace catdog
