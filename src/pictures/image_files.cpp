// SPDX-License-Identifier: Apache-2.0
#include "catdog/pictures/image_files.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/text.hpp"
#include "catdog/pictures/decode.hpp"
#include "header.hpp"

namespace catdog {
namespace {

// Endings of other images. Some programs write one of our formats under them, so content decides.
constexpr auto kOtherImageEndings = std::to_array<std::string_view>(
    {".apng", ".avif", ".bpg",  ".cur", ".exr", ".gif", ".hdr", ".heic", ".heif", ".icns",
     ".ico",  ".image", ".img", ".j2k", ".jp2", ".jpf", ".jpg2", ".jps", ".jpx",  ".jxl",
     ".jxr",  ".mpo",  ".pam",  ".pcx", ".pic", ".psd", ".qoi", ".svg",  ".tga",  ".xcf"});

// Raw camera files are TIFF files by their first bytes, but the image in them is not the photograph.
constexpr auto kRawEndings = std::to_array<std::string_view>(
    {".3fr", ".arw", ".cr2", ".cr3", ".dcr", ".dng", ".erf", ".kdc", ".mos", ".mrw", ".nef", ".nrw",
     ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f"});

// The entries of a folder, sorted byte by byte; with `error` set, those read before it.
std::vector<fs::directory_entry> entries_of(const fs::path& folder, std::error_code& error) {
  std::vector<fs::directory_entry> entries;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    entries.push_back(*entry);
  }
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return a.path().native() < b.path().native();
  });
  return entries;
}

std::vector<fs::directory_entry> readable_entries(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::directory_entry> entries = entries_of(folder, error);
  if (error) throw DataError("cannot read the folder " + shown(folder) + ": " + error.message());
  return entries;
}

template <typename Endings>
bool contains(const Endings& endings, const std::string& ending) {
  return std::find(endings.begin(), endings.end(), ending) != endings.end();
}

// The format of a regular file by its first bytes; "" if it is none that catdog reads.
std::string format_of(const fs::path& file) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return "";  // opening a FIFO would wait
  std::ifstream stream(file, std::ios::binary);
  std::string bytes(16, '\0');
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<size_t>(stream.gcount()));
  try {
    return name_of(kind_of(bytes));
  } catch (const PictureError&) {
    return "";
  }
}

// Sorts one file into `found`.
void take_or_skip(const fs::path& file, ImageFiles& found) {
  const auto skip = [&](std::string group, std::string reason, bool is_image) {
    found.skipped.push_back({file, std::move(group), std::move(reason), is_image});
  };
  if (file.filename().native().starts_with('.')) {
    // macOS writes ._NAME beside NAME: no image, whatever its ending.
    const bool is_image = has_picture_extension(file) && !format_of(file).empty();
    if (is_image) skip("hidden", "its name begins with a dot", true);
    return;
  }
  if (has_picture_extension(file)) {
    found.images.push_back(file);
    return;
  }
  const std::string ending = lower_case(file.extension().native());
  const bool is_raw = contains(kRawEndings, ending);
  const bool is_other_image = contains(kOtherImageEndings, ending);
  const std::string format = is_raw ? "" : format_of(file);
  if (!format.empty() && (is_other_image || ending.empty())) {
    found.images.push_back(file);
  } else if (is_raw || is_other_image) {
    skip(ending, ending + " files are not read; convert it to JPEG or PNG", true);
  } else if (!format.empty()) {
    skip("images under other endings",
         "holds a " + format + ", but its name does not end like an image; rename it", true);
  } else {
    skip("not images", "not an image", false);
  }
}

// Which folder this is, whatever path leads to it.
using FolderId = std::pair<dev_t, ino_t>;

bool identify(const fs::path& folder, FolderId& id) {
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0) return false;
  id = {status.st_dev, status.st_ino};
  return true;
}

class Walk {
 public:
  // Folders above `root` count as listed: a link to one of them would lead back here.
  explicit Walk(const fs::path& root) {
    std::error_code ignored;
    FolderId id;
    for (fs::path above = fs::canonical(root, ignored).parent_path(); !above.empty();
         above = above.parent_path()) {
      if (identify(above, id)) listed_.insert(id);
      if (above == above.parent_path()) break;
    }
    list(root);
    const auto by_path = [](const auto& a, const auto& b) { return a.native() < b.native(); };
    std::sort(found_.images.begin(), found_.images.end(), by_path);
    std::sort(found_.skipped.begin(), found_.skipped.end(), [&](const auto& a, const auto& b) {
      return by_path(a.path, b.path);
    });
  }

  ImageFiles found() { return std::move(found_); }

 private:
  void list(const fs::path& folder) {
    FolderId id;
    if (identify(folder, id) && !listed_.insert(id).second) {
      found_.skipped.push_back({folder, "links to folders that are listed already",
                                "a link to a folder that is listed already"});
      return;
    }
    std::error_code error;
    std::vector<fs::directory_entry> entries = entries_of(folder, error);
    if (error) {
      found_.skipped.push_back({folder, "folders that cannot be read",
                                error.message(), true, true});
    }
    // Real folders before links, so that a folder is known by its own name.
    const auto is_link = [](const fs::directory_entry& entry) {
      std::error_code ignored;
      return entry.is_symlink(ignored);
    };
    std::stable_partition(entries.begin(), entries.end(), std::not_fn(is_link));
    for (const fs::directory_entry& entry : entries) {
      std::error_code ignored;
      if (!entry.is_directory(ignored)) {
        take_or_skip(entry.path(), found_);
      } else if (!entry.path().filename().native().starts_with('.')) {
        list(entry.path());
      }
    }
  }

  std::set<FolderId> listed_;
  ImageFiles found_;
};

}  // namespace

ImageFiles images_below(const fs::path& folder) { return Walk(folder).found(); }

ImageFiles images_in(const fs::path& folder) {
  ImageFiles found;
  for (const fs::directory_entry& entry : readable_entries(folder)) {
    std::error_code ignored;
    if (!entry.is_directory(ignored)) take_or_skip(entry.path(), found);
  }
  return found;
}

std::vector<fs::path> folders_in(const fs::path& folder) {
  std::vector<fs::path> folders;
  for (const fs::directory_entry& entry : readable_entries(folder)) {
    std::error_code ignored;
    const bool is_hidden = entry.path().filename().native().starts_with('.');
    if (!is_hidden && entry.is_directory(ignored)) folders.push_back(entry.path());
  }
  return folders;
}

void skip_beside_classes(std::vector<fs::path> images, std::vector<SkippedFile>& skipped) {
  for (fs::path& image : images) {
    skipped.push_back({std::move(image), "images beside the class folders",
                       "it lies beside the class folders, not in one of them", true});
  }
}

void require_readable(const std::vector<SkippedFile>& skipped) {
  for (const SkippedFile& file : skipped) {
    if (file.is_fault) {
      throw DataError("cannot read the folder " + shown(file.path) + ": " + file.reason);
    }
  }
}

std::string skipped_summary(const std::vector<SkippedFile>& skipped) {
  if (skipped.empty()) return "";
  std::map<std::string, int64_t> counts;
  for (const SkippedFile& file : skipped) ++counts[file.group];
  std::string list;
  for (const auto& [group, count] : counts) {
    list += (list.empty() ? "" : ", ") + std::to_string(count) + " " + group;
  }
  return "skipped " + std::to_string(skipped.size()) +
         (skipped.size() == 1 ? " file: " : " files: ") + list;
}

}  // namespace catdog
