// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/file_system.hpp"

#include <spdlog/spdlog.h>

#include <array>
#include <atomic>
#include <cstdio>

#include "open_folder.hpp"

namespace catdog {
namespace {

// What is missing and what is done instead.
const char* consequence(Unsupported what) {
  switch (what) {
    case Unsupported::sync:
      return "files cannot be synced to the disk: a power cut may lose those written last";
    case Unsupported::lock:
      return "files cannot be locked: make sure that no other process writes there";
    case Unsupported::rename_over:
      return "a file cannot be renamed over another one: the former file is moved aside first";
    case Unsupported::reserve:
      return "space cannot be reserved: a full disk is found only while writing";
    case Unsupported::symbolic_link:
      return "symbolic links cannot be made: hard links are made instead";
    case Unsupported::hard_link:
      return "hard links cannot be made: files are copied instead";
  }
  return "";
}

// As rename_over(), of names in the folder `folder` that is open. `path` is for messages.
void rename_over_in(int folder, const std::string& from, const std::string& to,
                    const fs::path& path) {
  const auto rename = [&](const std::string& a, const std::string& b) {
    return ::renameat(folder, a.c_str(), folder, b.c_str()) == 0;
  };
  if (rename(from, to)) return;
  const int refusal = errno;
  struct stat former {};
  const bool may_move_aside =
      (is_unsupported(refusal) || refusal == EEXIST || refusal == EPERM || refusal == EACCES) &&
      ::fstatat(folder, to.c_str(), &former, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(former.st_mode);
  const std::string aside = from + ".0";
  if (!may_move_aside || !rename(to, aside)) fail("cannot write", path, refusal);
  if (!rename(from, to)) {
    const int error = errno;
    rename(aside, to);
    fail("cannot write", path, error);
  }
  ::unlinkat(folder, aside.c_str(), 0);
  warn_unsupported(Unsupported::rename_over, path, refusal);
}

}  // namespace

void warn_unsupported(Unsupported what, const fs::path& path, int error) {
  static std::array<std::atomic_flag, 6> warned;  // by Unsupported
  if (warned[static_cast<size_t>(what)].test_and_set()) return;
  spdlog::warn("{}: {} ({})", shown(path), consequence(what), std::strerror(error));
}

bool is_unsupported(int error) {
  return error == EINVAL || error == ENOSYS || error == ENOTSUP || error == EOPNOTSUPP ||
         error == ENOTTY;
}

void rename_over(const fs::path& from, const fs::path& to) {
  rename_over_in(AT_FDCWD, from, to, to);
}

void rename_over(const OpenFolder& folder, const std::string& from, const std::string& to) {
  rename_over_in(folder.get(), from, to, folder.path() / to);
}

bool make_link(LinkKind kind, const fs::path& target, const fs::path& link,
               std::error_code& error) {
  // EMLINK: the file has as many links as can be.
  const auto cannot_link = [&] {
    return is_unsupported(error.value()) || error.value() == EPERM || error.value() == EMLINK;
  };
  if (kind == LinkKind::symbolic) {
    fs::create_symlink(target, link, error);
    if (!error || !cannot_link()) return !error;
    warn_unsupported(Unsupported::symbolic_link, link.parent_path(), error.value());
  }
  const fs::path file = fs::canonical(target, error);  // a hard link to a link would be one
  if (error) return false;
  fs::create_hard_link(file, link, error);
  const bool is_elsewhere = kind == LinkKind::symbolic && error.value() == EXDEV;
  if (!error || !(cannot_link() || is_elsewhere)) return !error;
  warn_unsupported(Unsupported::hard_link, link.parent_path(), error.value());
  error.clear();
  return false;
}

}  // namespace catdog
