// SPDX-License-Identifier: Apache-2.0
#include "catdog/pictures/check.hpp"

#include <algorithm>
#include <system_error>

#include "catdog/core/files.hpp"
#include "catdog/core/parallel.hpp"
#include "check_findings.hpp"
#include "check_listing.hpp"
#include "split_record.hpp"

namespace catdog {
namespace {

ReadPicture read_picture(const ListedPicture& listed, const CheckOptions& options) {
  ReadPicture picture{.name = listed.file.lexically_relative(options.dir).string(),
                      .subset = listed.subset,
                      .label = listed.label,
                      .error = {},
                      .sha256 = {},
                      .facts = {},
                      .fingerprint = {}};
  try {
    const std::string bytes = read_picture_file(listed.file);
    picture.sha256 = sha256(bytes);
    picture.bytes = static_cast<int64_t>(bytes.size());
    picture.facts = inspect_picture(bytes, listed.file, options.limits);
    if (options.near_bits >= 0) picture.fingerprint = fingerprint(picture.facts.small);
    picture.facts.small.release();
  } catch (const PictureError& error) {
    picture.error = error;
  }
  return picture;
}

// The lower of two in the middle.
Spread spread_of(std::vector<int64_t> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  return {values.front(), values[(values.size() - 1) / 2], values.back()};
}

void count_and_measure(const std::vector<ReadPicture>& pictures, CheckResult& result) {
  result.pictures = static_cast<int64_t>(pictures.size());
  result.counts.assign(result.subsets.size(), std::vector<int64_t>(result.classes.size()));
  std::vector<int64_t> widths, heights, bytes;
  for (const ReadPicture& picture : pictures) {
    ++result.counts[picture.subset][picture.label];
    if (picture.error) continue;
    ++result.formats[picture.facts.format];
    widths.push_back(picture.facts.size.width);
    heights.push_back(picture.facts.size.height);
    bytes.push_back(picture.bytes);
  }
  result.width_px = spread_of(std::move(widths));
  result.height_px = spread_of(std::move(heights));
  result.bytes = spread_of(std::move(bytes));
}

}  // namespace

CheckResult check_pictures(const CheckOptions& options,
                           const std::function<void(size_t, size_t)>& progress) {
  CheckListing listing = list_for_check(options.dir);
  const size_t count = listing.pictures.size();
  std::vector<ReadPicture> pictures(count);
  for_each_index(
      count,
      [&](size_t i) { pictures[i] = read_picture(listing.pictures[i], options); },
      [&](size_t done) {
        if (progress) progress(done, count);
      });

  CheckResult result;
  result.is_split = listing.is_split;
  result.subsets = std::move(listing.subsets);
  result.classes = std::move(listing.classes);
  count_and_measure(pictures, result);
  find_faults(pictures, options.tiny_px, result.findings);
  find_duplicates(pictures, options.near_bits, result.findings);
  find_class_faults(result, result.findings);
  for (const SkippedFile& file : listing.skipped) {
    const std::string name = file.path.lexically_relative(options.dir).string();
    if (file.is_fault) {
      // What seems to be missing may be in there.
      std::erase_if(result.findings, [&](const Finding& finding) {
        return finding.kind == FindingKind::classes && finding.files == std::vector{name};
      });
    }
    result.findings.push_back(
        {file.is_fault ? FindingKind::unreadable : FindingKind::not_taken, {name}, file.reason});
  }
  const fs::path record = options.dir / kSplitRecord;
  std::error_code ignored;
  if (listing.is_split && fs::exists(record, ignored)) {
    find_changes(pictures, hashes_in_record(read_file(record), shown(record)), result.findings);
  }
  std::sort(result.findings.begin(), result.findings.end());
  return result;
}

}  // namespace catdog
