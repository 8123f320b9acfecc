// SPDX-License-Identifier: Apache-2.0
#include "recorded_values.hpp"

#include <spdlog/fmt/fmt.h>

#include <limits>

#include "catdog/core/class_names.hpp"
#include "catdog/core/error.hpp"
#include "catdog/core/json_names.hpp"
#include "catdog/core/text.hpp"

namespace catdog {
namespace {

constexpr double kLargestMean = std::numeric_limits<float>::max();  // losses are means of floats
constexpr Range kUnit = {0, 1}, kLosses = {-kLargestMean, kLargestMean}, kTimes = {0, 1e15};

// The values of a description are a stranger's: a long one is cut.
std::string cut(const std::string& text) {
  constexpr size_t kMost = 60;
  return text.size() <= kMost ? text : text.substr(0, kMost) + "…";
}

// Whether numbers of that name are squares: batch normalization's variances and what optimizers
// keep.
bool is_of_squares(const std::string& name) {
  return name.ends_with("running_var") || name.find("mean_square.") != std::string::npos;
}

}  // namespace

void RecordedFields::refuse(const char* key, const std::string& rule) const {
  throw ModelError(fmt::format("{}: {}{}{} = {}: must be {}", file_, path_,
                               path_.empty() ? "" : ".", key, cut(json_text(object_.at(key))),
                               rule));
}

double RecordedFields::number(const char* key, const Range& range) const {
  const Json& value = object_.at(key);
  if (value.is_number() && range.contains(value.get<double>())) return value.get<double>();
  refuse(key, fmt::format("a number {}", text_of(range)));
}

int64_t RecordedFields::whole_number(const char* key, const Range& range) const {
  const Json& value = object_.at(key);
  if (value.is_number_integer() && range.contains(value.get<double>())) {
    return value.get<int64_t>();
  }
  refuse(key, fmt::format("a whole number {}", text_of(range)));
}

void check_classes(const std::vector<std::string>& classes, const std::string& file) {
  const std::string fault = class_list_fault(classes);
  if (!fault.empty()) throw ModelError(file + ": " + fault);
}

void check_numbers(const NamedTensors& tensors, const std::string& file) {
  const torch::NoGradGuard no_gradient;
  for (const auto& [name, tensor] : tensors) {
    if (!tensor.isfinite().all().item<bool>()) {
      throw ModelError(
          fmt::format("{}: the tensor {} holds a number that is not finite", file, name));
    }
    if (is_of_squares(name) && tensor.lt(0).any().item<bool>()) {
      throw ModelError(
          fmt::format("{}: the tensor {} holds a number below 0, and is of squares", file, name));
    }
  }
}

void check_epoch(const Json& epoch, const std::string& file, const std::string& path) {
  const RecordedFields fields(epoch, file, path);
  if (fields.contains("epoch")) fields.whole_number("epoch", {1, 1e6});
  const std::pair<const char*, Range> numbers[] = {
      {"loss", kLosses},        {"val_loss", kLosses},
      {"acc", kUnit},           {"val_acc", kUnit},
      {"lr", {0, 10}},          {"seconds", kTimes},
      {"waited_share", kTimes}, {"images_per_second", kTimes}};
  for (const auto& [key, range] : numbers) {
    if (fields.contains(key)) fields.number(key, range);
  }
}

void check_digests(const std::vector<std::string>& digests, size_t digits, const std::string& file,
                   const std::string& path) {
  for (const std::string& digest : digests) {
    if (is_hexadecimal(digest, digits)) continue;
    throw ModelError(fmt::format("{}: {} has \"{}\": must be {} lower-case hexadecimal digits",
                                 file, path, cut(digest), digits));
  }
}

}  // namespace catdog
