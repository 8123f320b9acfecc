// SPDX-License-Identifier: Apache-2.0
// What TensorBoard reads, as bytes: Event protobufs (tensorflow/core/util/event.proto and
// framework/summary.proto), each in the frame of a TFRecord file (tensorflow/core/lib/io).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace catdog {

// CRC-32C (Castagnoli): RFC 3720, section 12.1 and appendix B.4.
uint32_t crc32c(std::string_view bytes);

// `data` in a frame: its length, that length's checksum, the data, their checksum.
std::string tf_record(std::string_view data);

// What a file of events begins with: its format, and that whoever has read an earlier file of the
// same run should forget it. `wall_time`: seconds since 1970.
std::string first_records(double wall_time);

// What is shown of one step. Tags are UTF-8; those with the same text before "/" are shown
// together.
class StepSummary {
 public:
  void add_scalar(std::string_view tag, double value);  // kept as a 32-bit float
  void add_text(std::string_view tag, std::string_view markdown);
  // `file` is a PNG's bytes; what is none is left out.
  void add_png(std::string_view tag, std::string_view file);

  std::string record(double wall_time, int64_t step) const;

 private:
  std::string summary_;  // the protobuf so far
};

}  // namespace catdog
