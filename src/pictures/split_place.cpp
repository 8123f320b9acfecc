// SPDX-License-Identifier: Apache-2.0
#include "split_place.hpp"

#include <cstring>
#include <string>
#include <system_error>

#include "catdog/core/error.hpp"
#include "catdog/core/file_system.hpp"
#include "catdog/pictures/decode.hpp"

namespace catdog {
namespace {

// Writes the bytes that were read again: what split.json says of them is then true.
void copy_picture(const fs::path& file, const SplitPicture& picture, const fs::path& target) {
  const std::string bytes = read_file(file, kMaxFileBytes);
  if (sha256(bytes) != picture.sha256) {
    throw Error(shown(file) + ": changed while the split was being made; try again");
  }
  try {
    write_new_file(target, bytes, FolderLink::refuse);
  } catch (const FileError& error) {  // under the name that it was to have in the end
    throw Error("cannot write " + shown(picture.name) + ": " + std::strerror(error.number()));
  }
}

}  // namespace

void place_picture(const SplitOptions& options, const SplitPicture& picture,
                   const fs::path& folder) {
  const fs::path file = options.source / picture.source;
  const fs::path target = folder / picture.name;
  std::error_code error;
  fs::create_directories(target.parent_path(), error);
  if (!error && options.placement == Placement::copy) return copy_picture(file, picture, target);
  const fs::path real_file = error ? file : fs::canonical(file, error);  // a link's target
  if (!error) {
    const bool is_hard = options.placement == Placement::hardlink;
    if (make_link(is_hard ? LinkKind::hard : LinkKind::symbolic, real_file, target, error)) return;
    if (error == std::errc::cross_device_link) {
      throw Error("cannot hard-link from " + shown(options.source) + " to " +
                  shown(options.destination) +
                  ": they are on different file systems; use --copy or --symlink");
    }
    if (!error) return copy_picture(file, picture, target);
  }
  if (error) throw Error("cannot write " + shown(picture.name) + ": " + error.message());
}

}  // namespace catdog
