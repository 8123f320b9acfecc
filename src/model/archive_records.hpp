// SPDX-License-Identifier: Apache-2.0
// What a model file's zip may look like. Whoever can compute a SHA-256 can put one under any zip,
// and LibTorch's reader takes what others refuse: a name twice, records that share their bytes.
#pragma once

#include <caffe2/serialize/inline_container.h>

#include <string>
#include <string_view>

namespace catdog {

// Holds the metadata and the table of tensors.
inline constexpr const char* kTableRecord = "catdog.json";

// The record of one tensor's numbers.
std::string record_of(size_t number);

// Throws ModelError for a name that stands twice, for of two records a reader takes whichever it
// likes; and for records that unpack to more than the file holds: they are stored as they are.
// `file` is the file's name.
void check_sizes(caffe2::serialize::PyTorchStreamReader& reader, size_t file_size,
                 const std::string& file);

// Throws ModelError unless each record of the file, which is `bytes`, has its own bytes under its
// own name, and is one that a file with so many tensors has.
void check_records(caffe2::serialize::PyTorchStreamReader& reader, std::string_view bytes,
                   size_t tensors, const std::string& file);

}  // namespace catdog
