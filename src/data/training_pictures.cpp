// SPDX-License-Identifier: Apache-2.0
#include "catdog/data/training_pictures.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/name_lists.hpp"
#include "catdog/core/random.hpp"
#include "catdog/core/text.hpp"
#include "catdog/pictures/subsets.hpp"

namespace catdog {
namespace {

// Of `files`, all of one class: the places that go to each part, in the files' order.
std::vector<bool> in_fold(size_t files, const DataOptions& options, int label) {
  const std::vector<int64_t> order = permutation(
      static_cast<int64_t>(files), Rng(/*seed=*/0, Stream::fold, static_cast<uint32_t>(label)));
  std::vector<bool> chosen(files);
  for (size_t i = 0; i < files; ++i) {
    if (static_cast<int>(i % static_cast<size_t>(options.folds)) == options.fold - 1) {
      chosen[static_cast<size_t>(order[i])] = true;
    }
  }
  return chosen;
}

void check_fold(const DataOptions& options) {
  if (options.folds == 1 || (options.folds > 0 && options.fold > options.folds)) {
    throw ConfigError(fmt::format("data.fold = {}: there are {} folds, and two are the least",
                                  options.fold, options.folds));
  }
}

void check_same_classes(const std::vector<std::string>& training,
                        const std::vector<std::string>& validation, const fs::path& dir) {
  const std::string difference = difference_of({"train", training}, {"validation", validation});
  if (difference.empty()) return;
  throw DataError(
      fmt::format("{}: train and validation have different classes: {}", shown(dir), difference));
}

}  // namespace

TrainingPictures open_training_pictures(const DataOptions& options,
                                        const std::shared_ptr<ByteBudget>& memory) {
  check_fold(options);
  DataOptions kept = options;
  kept.image_size = options.kept_px();
  const fs::path dir = options.dir;
  if (options.folds == 0) {
    TrainingPictures pictures = {ImageFolder(subset_folder(dir, "train"), kept, memory),
                                 ImageFolder(subset_folder(dir, "validation"), options, memory)};
    check_same_classes(pictures.training.classes(), pictures.validation.classes(), dir);
    return pictures;
  }
  const ClassFolders all[] = {list_class_folders(subset_folder(dir, "train")),
                              list_class_folders(subset_folder(dir, "validation"))};
  check_same_classes(all[0].classes, all[1].classes, dir);
  ClassFolders training = {all[0].classes, {}, all[0].skipped};
  ClassFolders validation = {all[0].classes, {}, all[1].skipped};
  for (int label = 0; label < static_cast<int>(training.classes.size()); ++label) {
    std::vector<LabelledFile> files;
    for (const ClassFolders& subset : all) {
      std::copy_if(subset.files.begin(), subset.files.end(), std::back_inserter(files),
                   [&](const LabelledFile& file) { return file.label == label; });
    }
    if (files.size() < static_cast<size_t>(options.folds)) {
      throw DataError(fmt::format("{}: {} pictures of {} cannot be dealt out into {} folds",
                                  shown(dir), files.size(),
                                  training.classes[static_cast<size_t>(label)], options.folds));
    }
    const std::vector<bool> chosen = in_fold(files.size(), options, label);
    for (size_t i = 0; i < files.size(); ++i) {
      (chosen[i] ? validation : training).files.push_back(files[i]);
    }
  }
  return {ImageFolder(std::move(training), kept, memory),
          ImageFolder(std::move(validation), options, memory)};
}

}  // namespace catdog
