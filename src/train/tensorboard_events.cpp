// SPDX-License-Identifier: Apache-2.0
#include "catdog/train/tensorboard_events.hpp"

#include <array>
#include <protozero/pbf_builder.hpp>

namespace catdog {
namespace {

// The fields that are used here, by their numbers in the .proto files.
enum class EventField : protozero::pbf_tag_type {
  wall_time = 1,
  step = 2,
  file_version = 3,
  summary = 5,
  session_log = 7,
  source_metadata = 10
};
enum class SessionLog : protozero::pbf_tag_type { status = 1 };
enum class SourceMetadata : protozero::pbf_tag_type { writer = 1 };
enum class Summary : protozero::pbf_tag_type { value = 1 };
enum class Value : protozero::pbf_tag_type {
  tag = 1,
  simple_value = 2,
  image = 4,
  tensor = 8,
  metadata = 9
};
enum class Image : protozero::pbf_tag_type { height = 1, width = 2, colorspace = 3, encoded = 4 };
enum class Metadata : protozero::pbf_tag_type { plugin_data = 1 };
enum class PluginData : protozero::pbf_tag_type { plugin_name = 1 };
enum class Tensor : protozero::pbf_tag_type { dtype = 1, string_val = 8 };

constexpr int32_t kSessionStart = 1, kRgb = 3, kString = 7;

template <class Field>
using Builder = protozero::pbf_builder<Field>;

constexpr std::array<uint32_t, 256> make_crc_table() {
  constexpr uint32_t kPolynomial = 0x82F63B78;  // 0x1EDC6F41, its bits in reverse
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kPolynomial : 0);
    table[byte] = crc;
  }
  return table;
}

// A checksum of data that hold checksums is weak: TFRecord turns and shifts it.
uint32_t masked_crc(std::string_view bytes) {
  const uint32_t crc = crc32c(bytes);
  return ((crc >> 15) | (crc << 17)) + 0xA282EAD8;
}

// Little-endian.
template <class Number>
std::string bytes_of(Number number) {
  std::string bytes;
  for (size_t i = 0; i < sizeof(Number); ++i) bytes += static_cast<char>(number >> (8 * i));
  return bytes;
}

// A number in four bytes, the highest first, as PNG has it.
int64_t number_at(std::string_view bytes, size_t offset) {
  int64_t number = 0;
  for (size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<uint8_t>(bytes[offset + i]);
  return number;
}

Builder<EventField> begin_event(std::string& data, double wall_time) {
  Builder<EventField> begun(data);
  begun.add_double(EventField::wall_time, wall_time);
  return begun;
}

}  // namespace

uint32_t crc32c(std::string_view bytes) {
  static constexpr std::array<uint32_t, 256> kTable = make_crc_table();
  uint32_t crc = ~uint32_t{0};
  for (const char byte : bytes) crc = (crc >> 8) ^ kTable[(crc ^ static_cast<uint8_t>(byte)) & 255];
  return ~crc;
}

std::string tf_record(std::string_view data) {
  const std::string length = bytes_of(uint64_t{data.size()});
  std::string record = length + bytes_of(masked_crc(length));
  record += data;
  return record + bytes_of(masked_crc(data));
}

std::string first_records(double wall_time) {
  std::string version, start;
  Builder<EventField> first = begin_event(version, wall_time);
  first.add_string(EventField::file_version, "brain.Event:2");
  Builder<SourceMetadata>(first, EventField::source_metadata)
      .add_string(SourceMetadata::writer, "catdog");
  Builder<EventField> second = begin_event(start, wall_time);
  Builder<SessionLog>(second, EventField::session_log).add_enum(SessionLog::status, kSessionStart);
  return tf_record(version) + tf_record(start);
}

void StepSummary::add_scalar(std::string_view tag, double value) {
  Builder<Summary> summary(summary_);
  Builder<Value> entry(summary, Summary::value);
  entry.add_string(Value::tag, tag.data(), tag.size());
  entry.add_float(Value::simple_value, static_cast<float>(value));
}

void StepSummary::add_text(std::string_view tag, std::string_view markdown) {
  Builder<Summary> summary(summary_);
  Builder<Value> entry(summary, Summary::value);
  entry.add_string(Value::tag, tag.data(), tag.size());
  {
    Builder<Metadata> metadata(entry, Value::metadata);
    Builder<PluginData>(metadata, Metadata::plugin_data)
        .add_string(PluginData::plugin_name, "text");
  }
  Builder<Tensor> tensor(entry, Value::tensor);  // without a shape: one value
  tensor.add_enum(Tensor::dtype, kString);
  tensor.add_bytes(Tensor::string_val, markdown.data(), markdown.size());
}

void StepSummary::add_png(std::string_view tag, std::string_view file) {
  // Its first chunk holds width and height: PNG specification, sections 5.2 and 11.2.2.
  constexpr std::string_view kBeginning("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
  if (!file.starts_with(kBeginning) || file.size() < kBeginning.size() + 8) return;
  Builder<Summary> summary(summary_);
  Builder<Value> entry(summary, Summary::value);
  entry.add_string(Value::tag, tag.data(), tag.size());
  Builder<Image> image(entry, Value::image);
  image.add_int32(Image::height, static_cast<int32_t>(number_at(file, 20)));
  image.add_int32(Image::width, static_cast<int32_t>(number_at(file, 16)));
  image.add_int32(Image::colorspace, kRgb);
  image.add_bytes(Image::encoded, file.data(), file.size());
}

std::string StepSummary::record(double wall_time, int64_t step) const {
  std::string data;
  Builder<EventField> event = begin_event(data, wall_time);
  event.add_int64(EventField::step, step);
  event.add_message(EventField::summary, summary_);
  return tf_record(data);
}

}  // namespace catdog
