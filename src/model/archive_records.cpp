// SPDX-License-Identifier: Apache-2.0
#include "archive_records.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "catdog/core/error.hpp"
#include "catdog/core/name_lists.hpp"

namespace catdog {
namespace {

// Whether the bytes between two records' contents end with the header of the second, under this
// name. A zip has each name twice, there and in its table of contents; readers differ in which they
// believe.
bool has_own_header(std::string_view between, const std::string& name) {
  constexpr size_t kFixed = 30;  // bytes before the name
  constexpr std::string_view kMark = "PK\x03\x04";
  const auto number_at = [&](size_t at) {
    return static_cast<unsigned char>(between[at]) +
           size_t{256} * static_cast<unsigned char>(between[at + 1]);
  };
  for (size_t at = between.find(kMark); at != between.npos; at = between.find(kMark, at + 1)) {
    if (between.size() - at < kFixed) return false;
    const size_t length = number_at(at + 26), extra = number_at(at + 28);
    if (at + kFixed + length + extra != between.size()) continue;
    const std::string_view own = between.substr(at + kFixed, length);
    const size_t folder = own.find('/');  // all records lie in one
    return folder != own.npos && own.substr(folder + 1) == name;
  }
  return false;
}

}  // namespace

std::string record_of(size_t number) { return fmt::format("data/{}", number); }

void check_sizes(caffe2::serialize::PyTorchStreamReader& reader, size_t file_size,
                 const std::string& file) {
  uint64_t total = 0;
  std::set<std::string> seen;
  for (const std::string& record : reader.getAllRecords()) {
    if (!seen.insert(record).second) {
      throw ModelError(fmt::format("{}: the record {} stands twice", file, quoted_name(record)));
    }
    const uint64_t size = reader.getRecordSize(record);
    if (size > file_size - total) {
      throw ModelError(file + ": its records unpack to more than the file holds");
    }
    total += size;
  }
}

void check_records(caffe2::serialize::PyTorchStreamReader& reader, std::string_view bytes,
                   size_t tensors, const std::string& file) {
  std::set<std::string> wanted = {"data.pkl", kTableRecord};
  for (size_t i = 0; i < tensors; ++i) wanted.insert(record_of(i));
  std::vector<std::pair<size_t, std::string>> by_offset;
  for (const std::string& record : reader.getAllRecords()) {
    // LibTorch's own: "version", "byteorder", ".data/serialization_id" …
    const bool is_known = wanted.contains(record) || record == "version" || record == "byteorder" ||
                          record.starts_with('.');
    if (!is_known) {
      throw ModelError(
          fmt::format("{}: the record {} belongs to no tensor", file, quoted_name(record)));
    }
    by_offset.emplace_back(reader.getRecordOffset(record), record);
  }
  std::sort(by_offset.begin(), by_offset.end());
  size_t end = 0;
  for (const auto& [offset, record] : by_offset) {
    if (offset < end || offset > bytes.size() ||
        !has_own_header(bytes.substr(end, offset - end), record)) {
      throw ModelError(fmt::format("{}: the record {} has no bytes of its own", file, record));
    }
    end = offset + reader.getRecordSize(record);
  }
}

}  // namespace catdog
