// SPDX-License-Identifier: Apache-2.0
// What a model file or a checkpoint may say: the values that training could have written. A digest
// tells that a file is whole, not who wrote it, so each value that is read passes one of these, at
// the one place where such a file is read (to_trained_model, to_checkpoint).
//
// | field | bound by |
// |---|---|
// | tensors | names, shapes, types: check_tensors; numbers: check_numbers |
// | classes | class_list_fault |
// | config | read_config: the ranges of its options |
// | calibration | RecordedFields: kTemperatures, [0, 1] |
// | training, history | check_epoch, where it has numbers |
// | trained_on | check_digests, 16 digits each, sorted |
// | pictures | check_digests, 64 digits each |
// | environment | threads and precision, which resuming reads; all else is shown, escaped |
// | position | RecordedFields and what its numbers say of each other |
// | best | a model's description, with the same classes |
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "catdog/core/options.hpp"
#include "catdog/model/archive.hpp"

namespace catdog {

// Reads numbers of one JSON object. A number of another kind or out of range throws ModelError,
// which names file, field and rule; one that is missing throws Json::exception.
class RecordedFields {
 public:
  // `file` is its name and `path` that of the object within it, for messages. All outlive this.
  RecordedFields(const Json& object, const std::string& file, std::string path)
      : object_(object), file_(file), path_(std::move(path)) {}

  double number(const char* key, const Range& range) const;
  int64_t whole_number(const char* key, const Range& range) const;
  bool contains(const char* key) const { return object_.contains(key); }

 private:
  [[noreturn]] void refuse(const char* key, const std::string& rule) const;

  const Json& object_;
  const std::string& file_;
  const std::string path_;
};

// Throws ModelError unless training could have had classes of these names.
void check_classes(const std::vector<std::string>& classes, const std::string& file);

// Throws ModelError, which names the tensor, for a number that is not finite, and for a variance or
// a mean square below 0.
void check_numbers(const NamedTensors& tensors, const std::string& file);

// Checks the metrics of one epoch where the object has them: epoch, loss, acc, val_loss, val_acc,
// lr, seconds, images_per_second, waited_share. Throws ModelError.
void check_epoch(const Json& epoch, const std::string& file, const std::string& path);

// Throws ModelError unless each text is so many lower-case hexadecimal digits.
void check_digests(const std::vector<std::string>& digests, size_t digits, const std::string& file,
                   const std::string& path);

}  // namespace catdog
