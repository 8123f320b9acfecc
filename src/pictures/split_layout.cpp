// SPDX-License-Identifier: Apache-2.0
#include "split_layout.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/text.hpp"
#include "catdog/pictures/subsets.hpp"

namespace catdog {
namespace {

using Classes = std::map<std::string, std::vector<SourceImage>>;

// A folder and what lies below it.
struct Listed {
  fs::path folder;
  ImageFiles files;
};

// A folder of nothing but images in other formats may be meant as a class: it must not vanish.
void refuse_unread_class(const fs::path& folder, const ImageFiles& files) {
  const auto is_other_image = [](const SkippedFile& file) { return file.is_image && !file.is_fault; };
  if (std::none_of(files.skipped.begin(), files.skipped.end(), is_other_image)) return;
  throw DataError(shown(folder) + ": holds images, but none that is read (" +
                  skipped_summary(files.skipped) +
                  "); convert them to JPEG or PNG, or move the folder elsewhere");
}

// The folders in `dir` that hold images. What was skipped in the others joins `skipped`.
std::vector<Listed> folders_with_images(const fs::path& dir, Unreadable unreadable,
                                        std::vector<SkippedFile>& skipped) {
  std::vector<Listed> folders;
  for (const fs::path& folder : folders_in(dir)) {
    ImageFiles files = images_below(folder);
    if (unreadable == Unreadable::refuse) require_readable(files.skipped);
    if (!files.images.empty()) {
      folders.push_back({folder, std::move(files)});
    } else {
      refuse_unread_class(folder, files);
      std::move(files.skipped.begin(), files.skipped.end(), std::back_inserter(skipped));
    }
  }
  return folders;
}

// The class in a name like cat.0.jpg: <class>.<number>.<ending>, where <class> has no digit. "" for
// others: 1.jpg, or 12.30.jpg, IMG_1.2.jpg and "2026-05-01 at 12.0.jpeg", which tell no class.
std::string class_in_name(const fs::path& image) {
  constexpr const char* kDigits = "0123456789";
  const std::string stem = image.stem().string();
  const size_t dot = stem.find('.');
  if (dot == std::string::npos || dot == 0 || dot + 1 == stem.size()) return "";
  const std::string name = stem.substr(0, dot);
  const bool has_number = stem.find_first_not_of(kDigits, dot + 1) == std::string::npos;
  return has_number && name.find_first_of(kDigits) == std::string::npos ? name : "";
}

// The classes in the names of the files directly in a folder, and the first file that names none.
struct FlatFolder {
  Classes classes;
  fs::path unlabelled;
};

FlatFolder read_flat_folder(const std::vector<fs::path>& images) {
  FlatFolder flat;
  for (const fs::path& image : images) {
    const std::string name = class_in_name(image);
    if (name.empty() && flat.unlabelled.empty()) flat.unlabelled = image;
    if (!name.empty()) flat.classes[name].push_back({image, image.filename()});
  }
  return flat;
}

std::string list_of(const Classes& classes) {
  constexpr size_t kNamed = 10;
  std::vector<std::string> names;
  for (const auto& [name, images] : classes) {
    if (names.size() < kNamed) names.push_back(shown(name));
  }
  if (classes.size() > kNamed) {
    names.push_back(std::to_string(classes.size() - kNamed) + " more");
  }
  return join_and(names);
}

void rename_as_in_the_book(Classes& classes, std::string& layout) {
  const auto cat = classes.find("cat"), dog = classes.find("dog");
  if (classes.size() != 2 || cat == classes.end() || dog == classes.end()) return;
  classes = Classes{{"cats", std::move(cat->second)}, {"dogs", std::move(dog->second)}};
  layout += ", called cats and dogs as in the book";
}

LabelledSource flat_source(const fs::path& dir, FlatFolder flat) {
  if (!flat.unlabelled.empty()) {
    throw DataError(shown(flat.unlabelled) + ": no class in its name, unlike " +
                    shown(flat.classes.begin()->second.front().name) +
                    "; rename it, move it elsewhere, or make one folder a class");
  }
  LabelledSource source;
  source.layout = shown(dir) + ": flat folder, classes " + list_of(flat.classes) +
                  " from the file names";
  rename_as_in_the_book(flat.classes, source.layout);
  for (auto& [name, images] : flat.classes) source.classes.push_back({name, std::move(images)});
  return source;
}

LabelledSource folder_source(const fs::path& dir, std::vector<Listed> folders) {
  LabelledSource source;
  Classes classes;
  for (Listed& listed : folders) {
    std::vector<SourceImage>& images = classes[listed.folder.filename().string()];
    for (fs::path& image : listed.files.images) {
      fs::path name = image.lexically_relative(listed.folder);
      images.push_back({std::move(image), std::move(name)});
    }
    std::move(listed.files.skipped.begin(), listed.files.skipped.end(),
              std::back_inserter(source.skipped));
  }
  source.layout = shown(dir) + ": classes " + list_of(classes) + " from the folders";
  for (auto& [name, images] : classes) source.classes.push_back({name, std::move(images)});
  return source;
}

// The classes of all subsets together. Where two of them have files of one name, the files stay
// apart in folders called as the subsets.
LabelledSource merged_source(const fs::path& dir, const std::vector<Listed>& subsets) {
  std::map<std::string, std::map<fs::path, int>> uses;  // by class and name
  std::map<std::string, std::vector<std::pair<std::string, SourceImage>>> found;
  LabelledSource source;
  for (const Listed& subset : subsets) {
    ImageFiles beside = images_in(subset.folder);
    std::vector<SkippedFile> skipped = std::move(beside.skipped);
    skip_beside_classes(std::move(beside.images), skipped);
    for (Listed& listed : folders_with_images(subset.folder, Unreadable::refuse, skipped)) {
      const std::string name = listed.folder.filename().string();
      for (fs::path& image : listed.files.images) {
        const fs::path inner = image.lexically_relative(listed.folder);
        ++uses[name][inner];
        found[name].emplace_back(subset.folder.filename().string(),
                                 SourceImage{std::move(image), inner});
      }
      std::move(listed.files.skipped.begin(), listed.files.skipped.end(),
                std::back_inserter(source.skipped));
    }
    std::move(skipped.begin(), skipped.end(), std::back_inserter(source.skipped));
  }
  Classes classes;
  for (auto& [name, images] : found) {
    for (auto& [subset, image] : images) {
      if (uses[name][image.name] > 1) image.name = fs::path(subset) / image.name;
      classes[name].push_back(std::move(image));
    }
  }
  source.layout = shown(dir) + ": its subsets put together, classes " + list_of(classes) +
                  " from the folders";
  for (auto& [name, images] : classes) source.classes.push_back({name, std::move(images)});
  return source;
}

bool is_split(const std::vector<Listed>& folders) {
  return folders.size() >= 2 && std::all_of(folders.begin(), folders.end(), [](const auto& listed) {
           return subset_of_name(listed.folder.filename().native()).has_value();
         });
}

void refuse_split(const fs::path& dir, const std::vector<Listed>& folders) {
  std::vector<std::string> names;
  std::set<size_t> subsets;
  for (const Listed& listed : folders) {
    names.push_back(shown(listed.folder.filename()));
    subsets.insert(*subset_of_name(listed.folder.filename().native()));
  }
  const bool can_be_trained_on = subsets.contains(0) && subsets.contains(1);
  throw DataError(shown(dir) + ": is split already, into " + join_and(names) + "; " +
                  (can_be_trained_on ? "train on it as it is with --data, or " : "") +
                  "put its subsets together and split anew with --merge");
}

// Kaggle's archive: a flat folder called train, beside test1 without classes; or flat subsets.
void refuse_kaggles_archive(const std::vector<Listed>& folders) {
  for (const Listed& listed : folders) {
    if (subset_of_name(listed.folder.filename().native()) != 0) continue;
    if (!folders_in(listed.folder).empty()) continue;
    const FlatFolder flat = read_flat_folder(images_in(listed.folder).images);
    if (flat.classes.size() < 2 || !flat.unlabelled.empty()) continue;
    throw DataError(shown(listed.folder) + ": its file names tell the classes " +
                    list_of(flat.classes) + ", but other folders with images lie beside it; give " +
                    shown(listed.folder) + " as the source");
  }
}

[[noreturn]] void refuse_unlabelled(const fs::path& dir, const std::string& what) {
  throw DataError(shown(dir) + ": " + what +
                  "; needs one folder a class, at least two (cats/1.jpg, dogs/1.jpg), or names such "
                  "as cat.0.jpg and dog.0.jpg");
}

// What lies directly in a folder: one level of the search.
struct Level {
  fs::path dir;
  std::vector<fs::path> images;
  std::vector<Listed> folders;  // those that hold images
};

Level read_level(const fs::path& dir, Unreadable unreadable, std::vector<SkippedFile>& skipped) {
  Level level = {
      .dir = dir, .images = {}, .folders = folders_with_images(dir, unreadable, skipped)};
  ImageFiles here = images_in(dir);
  level.images = std::move(here.images);
  std::move(here.skipped.begin(), here.skipped.end(), std::back_inserter(skipped));
  return level;
}

LabelledSource source_of_folders(Level level, bool merge) {
  refuse_kaggles_archive(level.folders);
  LabelledSource source;
  if (is_split(level.folders)) {
    if (!merge) refuse_split(level.dir, level.folders);
    source = merged_source(level.dir, level.folders);
  } else {
    source = folder_source(level.dir, std::move(level.folders));
  }
  skip_beside_classes(std::move(level.images), source.skipped);
  return source;
}

// Throws where the names of the images tell fewer than two classes; `skipped` says why there may
// be no images.
LabelledSource source_of_names(const Level& level, const std::vector<SkippedFile>& skipped) {
  if (!level.folders.empty()) {
    refuse_unlabelled(level.dir, "holds images beside one folder with images, " +
                                     shown(level.folders.front().folder.filename()));
  }
  FlatFolder flat = read_flat_folder(level.images);
  if (flat.classes.size() >= 2) return flat_source(level.dir, std::move(flat));
  if (flat.classes.size() == 1) {
    refuse_unlabelled(level.dir, "holds images of one class, " + shown(flat.classes.begin()->first));
  }
  if (!level.images.empty()) {
    refuse_unlabelled(level.dir, "holds images whose names tell no class, as " +
                                     shown(level.images.front().filename()));
  }
  const std::string summary = skipped_summary(skipped);
  refuse_unlabelled(level.dir, "holds no images" + (summary.empty() ? "" : " (" + summary + ")"));
}

}  // namespace

LabelledSource find_labelled_images(const fs::path& source, bool merge, Unreadable unreadable) {
  std::vector<SkippedFile> skipped;
  Level level = read_level(source, unreadable, skipped);
  while (level.folders.size() == 1 && level.images.empty()) {
    level = read_level(fs::path(level.folders.front().folder), unreadable, skipped);
  }
  if (merge && !is_split(level.folders)) {
    throw DataError(shown(level.dir) +
                    ": is not split into train, validation or test, so --merge has nothing to do");
  }
  LabelledSource found = level.folders.size() >= 2 ? source_of_folders(std::move(level), merge)
                                                   : source_of_names(level, skipped);
  std::move(skipped.begin(), skipped.end(), std::back_inserter(found.skipped));
  for (SourceClass& one : found.classes) {
    std::sort(one.images.begin(), one.images.end(), [](const auto& a, const auto& b) {
      return natural_less(a.name.native(), b.name.native());
    });
  }
  if (found.classes.empty()) refuse_unlabelled(source, "its subsets hold no class folders");
  if (found.classes.size() < 2) {
    refuse_unlabelled(source, "holds images of one class, " + shown(found.classes.front().name));
  }
  return found;
}

}  // namespace catdog
