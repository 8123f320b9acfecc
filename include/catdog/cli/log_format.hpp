// SPDX-License-Identifier: Apache-2.0
// How the log's messages look on stderr: one line each, "warning: " before a warning, and what a
// terminal must not get escaped (display_text.hpp).
#pragma once

#include <spdlog/formatter.h>

#include <memory>

namespace catdog {

std::unique_ptr<spdlog::formatter> make_log_formatter();

}  // namespace catdog
