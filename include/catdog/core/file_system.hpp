// SPDX-License-Identifier: Apache-2.0
// Calls that some file systems do not support, each with its fallback: see the table in
// docs/reliability.md. A fallback is told once a process and kind.
#pragma once

#include <system_error>

#include "catdog/core/files.hpp"

namespace catdog {

enum class Unsupported { sync, lock, rename_over, reserve, symbolic_link, hard_link };

// Warns that the file system of `path` does not support an operation, with the system's reason
// `error` (an errno value) and what is done instead; once a process for each of Unsupported.
void warn_unsupported(Unsupported what, const fs::path& path, int error);

// Whether errno value `error` says that an operation is not supported, rather than that it failed.
bool is_unsupported(int error);

// Renames `from` to `to` and replaces the file of that name. Where the file system refuses to
// replace, the former file is moved aside first. Throws Error; `to` is then the former file.
void rename_over(const fs::path& from, const fs::path& to);

enum class LinkKind { symbolic, hard };

// Makes `link` a link to the file `target`, an absolute path. A symbolic link becomes a hard link
// where the file system supports none. Returns false without an error where no link can be made,
// after a warning: the caller copies. Other failures, and a hard link to another file system, set
// `error`.
bool make_link(LinkKind kind, const fs::path& target, const fs::path& link, std::error_code& error);

}  // namespace catdog
