// SPDX-License-Identifier: Apache-2.0
#include "split_layout.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <system_error>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/text.hpp"
#include "catdog/pictures/synth.hpp"

namespace catdog {
namespace {

constexpr int kDepth = 2;  // as in SOURCE/kagglecatsanddogs_5340/PetImages/Cat

struct Layout {
  fs::path folder;
  std::map<std::string, std::vector<fs::path>> classes;  // by their names in `folder`
  std::vector<fs::path> unlabelled;
};

std::vector<fs::path> pictures_in(const fs::path& folder, const EntryLister& list) {
  std::vector<fs::path> pictures;
  for (const fs::directory_entry& entry : list(folder)) {
    if (is_picture_entry(entry)) pictures.push_back(entry.path());
  }
  return pictures;
}

std::vector<fs::path> folders_in(const fs::path& folder, const EntryLister& list) {
  std::vector<fs::path> folders;
  for (const fs::directory_entry& entry : list(folder)) {
    std::error_code ignored;
    if (entry.is_directory(ignored)) folders.push_back(entry.path());
  }
  return folders;
}

// The class in a name like cat.0.jpg, <class>.<number>.<ending>; "" in others: 1.jpg, as in
// Kaggle's test1, or 2012-08-04 17.16.38.jpg, as cameras write.
std::string class_in_name(const fs::path& picture) {
  const std::string stem = picture.stem().string();
  const size_t dot = stem.find('.');
  const bool is_labelled = dot != std::string::npos && dot > 0 && dot + 1 < stem.size() &&
                           stem.find_first_not_of("0123456789", dot + 1) == std::string::npos;
  return is_labelled ? stem.substr(0, dot) : "";
}

Layout flat_layout(const fs::path& folder, const EntryLister& list) {
  Layout layout{folder, {}, {}};
  for (const fs::path& picture : pictures_in(folder, list)) {
    const std::string name = class_in_name(picture);
    auto& pictures = name.empty() ? layout.unlabelled : layout.classes[name];
    pictures.push_back(picture);
  }
  return layout;
}

Layout folder_layout(const fs::path& folder, const EntryLister& list) {
  Layout layout{folder, {}, {}};
  for (const fs::path& class_folder : folders_in(folder, list)) {
    std::vector<fs::path> pictures = pictures_in(class_folder, list);
    if (!pictures.empty()) layout.classes[class_folder.filename().string()] = std::move(pictures);
  }
  return layout;
}

// The one layout to take of those found side by side: Kaggle's archive calls it train.
Layout only_one(std::vector<Layout> layouts) {
  if (layouts.size() > 1) {
    const auto not_train = [](const Layout& layout) { return layout.folder.filename() != "train"; };
    std::vector<std::string> names;
    for (const Layout& layout : layouts) names.push_back(shown(layout.folder));
    std::erase_if(layouts, not_train);
    if (layouts.size() != 1) {
      throw DataError("several folders hold labelled pictures: " + join_and(names) +
                      "; give one of them as the source");
    }
  }
  return std::move(layouts.front());
}

// Flat folders go first at every depth: else SOURCE/{train,test1} would be two class folders.
Layout find_layout(const fs::path& source, const EntryLister& list) {
  std::array<std::vector<fs::path>, kDepth + 1> levels;
  levels[0] = {source};
  for (size_t depth = 0; depth < kDepth; ++depth) {
    for (const fs::path& folder : levels[depth]) {
      for (fs::path& inner : folders_in(folder, list)) {
        levels[depth + 1].push_back(std::move(inner));
      }
    }
  }
  std::string lone_class;
  for (const auto& layout_of : {flat_layout, folder_layout}) {
    for (const std::vector<fs::path>& folders : levels) {
      std::vector<Layout> found;
      size_t with_one_class = 0;
      for (const fs::path& folder : folders) {
        Layout layout = layout_of(folder, list);
        if (layout.classes.size() == 1) lone_class = layout.classes.begin()->first;
        with_one_class += layout.classes.size() == 1;
        if (layout.classes.size() >= 2) found.push_back(std::move(layout));
      }
      if (found.empty()) continue;
      // IMG.1.jpg and DSC.1.jpg beside a folder of IMG.2.jpg: cameras' names, the folders count.
      const bool by_chance = layout_of == flat_layout && found.size() == 1 && with_one_class > 0 &&
                             found[0].folder.filename() != "train";
      if (!by_chance) return only_one(std::move(found));
    }
  }
  throw DataError(shown(source) + ": found " +
                  (lone_class.empty() ? "no labelled pictures"
                                      : "pictures of one class (" + shown(lone_class) + ") only") +
                  "; needs names such as cat.0.jpg and dog.0.jpg in one folder, or one folder a "
                  "class (Cat/0.jpg, Dog/0.jpg), at most two folders down");
}

// The book's cats and dogs for Kaggle's cat.0.jpg or Cat/0.jpg, and so for what synth draws.
std::string book_name(const std::string& name) {
  std::string lower = name;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const bool is_drawn = std::find(kAnimals.begin(), kAnimals.end(), lower) != kAnimals.end();
  return is_drawn ? lower + "s" : name;
}

}  // namespace

std::vector<SourceClass> find_labelled_pictures(const fs::path& source,
                                                const EntryLister& list) {
  Layout layout = find_layout(source, list);
  if (!layout.unlabelled.empty()) {
    throw DataError(shown(layout.unlabelled.front()) + ": no class in the name, unlike " +
                    shown(layout.classes.begin()->second.front().filename()) +
                    "; rename it or move it elsewhere");
  }
  std::map<std::string, std::string> found_names;  // by the name in the split
  std::vector<SourceClass> classes;
  for (auto& [found_name, pictures] : layout.classes) {
    const std::string name = book_name(found_name);
    const auto [other, is_new] = found_names.emplace(name, found_name);
    if (!is_new) {
      throw DataError("the classes " + shown(other->second) + " and " + shown(found_name) +
                      " would both be called " + shown(name) + "; rename one of them");
    }
    std::sort(pictures.begin(), pictures.end(), [](const fs::path& a, const fs::path& b) {
      return natural_less(a.filename().native(), b.filename().native());
    });
    classes.push_back({name, std::move(pictures)});
  }
  std::sort(classes.begin(), classes.end(),
            [](const SourceClass& a, const SourceClass& b) { return a.name < b.name; });
  return classes;
}

}  // namespace catdog
