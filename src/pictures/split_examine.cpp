// SPDX-License-Identifier: Apache-2.0
#include "split_examine.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/signals.hpp"
#include "catdog/pictures/decode.hpp"

namespace catdog {
namespace {

std::string without_prefix(const std::string& text, const std::string& prefix) {
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

Examined examine(const fs::path& file) {
  try {
    const std::string bytes = read_file(file, kMaxFileBytes);
    check_picture(bytes, file);
    return {bytes.size(), sha256(bytes), ""};
  } catch (const Error& error) {  // "FILE: fault" or "cannot read FILE: fault"
    const std::string fault = without_prefix(error.what(), "cannot read ");
    return {0, "", without_prefix(fault, shown(file) + ": ")};
  }
}

}  // namespace

std::vector<Examined> examine_pictures(const std::vector<fs::path>& files) {
  std::vector<Examined> results(files.size());
  std::atomic<size_t> next = 0;
  std::exception_ptr failure;
  std::atomic_flag failed;
  const auto work = [&] {
    try {
      for (size_t i = next++; i < files.size() && interrupt_signal() == 0; i = next++) {
        results[i] = examine(files[i]);
      }
    } catch (...) {  // no memory
      if (!failed.test_and_set()) failure = std::current_exception();
      next = files.size();
    }
  };
  {
    std::vector<std::jthread> helpers;  // joined at the end of the block
    const size_t threads = std::min<size_t>(std::thread::hardware_concurrency(), files.size());
    for (size_t i = 1; i < threads; ++i) helpers.emplace_back(work);
    work();
  }
  throw_if_interrupted();
  if (failure) std::rethrow_exception(failure);
  return results;
}

}  // namespace catdog
