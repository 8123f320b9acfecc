// SPDX-License-Identifier: Apache-2.0
// Whatever bytes come as a model file or checkpoint: a ModelError, or what, packed again, reads
// back the same. With a right digest put under them, for that is what they would otherwise fail by.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/train/checkpoint.hpp"
#include "catdog/train/trained_model.hpp"

namespace {

using namespace catdog;

template <typename Read>
void try_to(Read read) {
  try {
    read();
  } catch (const ModelError&) {
  }
}

std::string with_digest(std::string zip) {
  if (zip.size() >= 2) zip[zip.size() - 2] = static_cast<char>(14 + 64);
  zip += "catdog sha256 " + sha256(zip);
  return zip;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  try_to([&] { parse_archive(bytes, "file"); });
  try_to([&] {
    const Archive archive = parse_archive(with_digest(bytes), "file");
    try_to([&] { to_trained_model(archive, "file"); });
    try_to([&] { to_checkpoint(archive, "file"); });
  });
  return 0;
}
