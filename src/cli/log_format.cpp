// SPDX-License-Identifier: Apache-2.0
#include "catdog/cli/log_format.hpp"

#include <spdlog/details/log_msg.h>

#include <string_view>

#include "catdog/core/display_text.hpp"

namespace catdog {
namespace {

class LogFormatter : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    constexpr std::string_view kWarning = "warning: ";
    if (message.level == spdlog::level::warn) out.append(kWarning);
    out.append(shown(std::string_view(message.payload.data(), message.payload.size())) + "\n");
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<LogFormatter>();
  }
};

}  // namespace

std::unique_ptr<spdlog::formatter> make_log_formatter() { return std::make_unique<LogFormatter>(); }

}  // namespace catdog
